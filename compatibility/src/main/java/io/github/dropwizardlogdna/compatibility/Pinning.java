package io.github.dropwizardlogdna.compatibility;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordedStackTrace;
import jdk.jfr.consumer.RecordingFile;

/** What a flight recording says of virtual threads that could not leave their carrier. */
final class Pinning {
    private static final String EVENT = "jdk.VirtualThreadPinned";
    private static final String LIBRARY = "io.github.dropwizardlogdna.";

    private Pinning() {}

    static List<String> problems(Path recording, String thread) throws IOException {
        List<String> problems = new ArrayList<>();
        if (!thread.isEmpty()) {
            problems.add("the request ran on the platform thread " + thread);
        }
        List<RecordedEvent> pinned = RecordingFile.readAllEvents(recording).stream()
                .filter(event -> event.getEventType().getName().equals(EVENT))
                .filter(Pinning::hasFrameOfTheLibrary)
                .toList();
        if (!pinned.isEmpty()) {
            problems.add(pinned.size() + " virtual threads were pinned, first: " + pinned.get(0));
        }
        if (!isRecorded(recording)) {
            problems.add("the recording is without " + EVENT);
        }
        return problems;
    }

    private static boolean isRecorded(Path recording) throws IOException {
        try (RecordingFile file = new RecordingFile(recording)) {
            return file.readEventTypes().stream()
                    .anyMatch(type -> type.getName().equals(EVENT));
        }
    }

    private static boolean hasFrameOfTheLibrary(RecordedEvent event) {
        RecordedStackTrace stack = event.getStackTrace();
        return stack != null
                && stack.getFrames().stream()
                        .anyMatch(frame -> frame.getMethod().getType().getName().startsWith(LIBRARY));
    }
}
