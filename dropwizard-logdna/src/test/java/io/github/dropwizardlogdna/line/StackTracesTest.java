package io.github.dropwizardlogdna.line;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.spi.ClassPackagingData;
import ch.qos.logback.classic.spi.StackTraceElementProxy;
import ch.qos.logback.classic.spi.ThrowableProxy;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class StackTracesTest {

    private static final String CUT = "… [the rest of the stack trace is cut]";

    private final StackTraces stackTraces = new StackTraces();

    @Test
    void printsTheSameAsLogbackAfterAnyOtherTrace() {
        Random random = new Random(20261123);
        List<Throwable> made = new ArrayList<>();
        for (int i = 0; i < 2_000; i++) {
            Throwable throwable = made.isEmpty() || random.nextInt(4) > 0
                    ? throwable(random, random.nextInt(4))
                    : made.get(random.nextInt(made.size()));
            made.add(throwable);
            printsAsLogback(new ThrowableProxy(throwable));
        }
    }

    @Test
    void printsFramesThatAreTooLongToCache() {
        StackTraceElement longFrame = new StackTraceElement("com.example." + "Long".repeat(100), "run", "A.java", 1);
        for (int i = 0; i < 2; i++) {
            printsAsLogback(new ThrowableProxy(withFrames(new Exception("failed"), longFrame)));
        }
    }

    @Test
    @SuppressWarnings("deprecation") // but printed as long as it is there
    void printsThePackagingOfTheFrames() {
        for (int i = 0; i < 2; i++) {
            ThrowableProxy proxy = new ThrowableProxy(new Exception("failed"));
            StackTraceElementProxy first = proxy.getStackTraceElementProxyArray()[0];
            first.setClassPackagingData(new ClassPackagingData("orders.jar", "1." + i, i == 0));
            assertThat(printsAsLogback(proxy)).contains("orders.jar:1." + i);
        }
    }

    @Test
    @SuppressWarnings("OverrideThrowableToString") // applications do
    void printsTheToStringOfAnException() {
        Exception exception = new Exception("failed") {
            @Override
            public String toString() {
                return "something else";
            }
        };
        printsAsLogback(new ThrowableProxy(exception));
    }

    @Test
    @SuppressWarnings("OverrideThrowableToString") // applications do
    void printsAToStringThatLooksLikeACause() {
        Exception exception = new Exception("failed") {
            @Override
            public String toString() {
                return "Caused by: the usual";
            }
        };
        printsAsLogback(new ThrowableProxy(exception));
    }

    // Limits

    @Test
    void printsSuppressedExceptions64LevelsDeep() {
        printsAsLogback(new ThrowableProxy(suppressing(64)));
        assertThat(stackTraces.append("why?", new ThrowableProxy(suppressing(65))))
                .contains("level 64")
                .doesNotContain("level 65")
                .endsWith(CUT);
    }

    @Test
    void cutsATraceThatReachesTheLimit() {
        String start = "why?" + System.lineSeparator() + "java.lang.Exception: " + System.lineSeparator();
        String message = "x".repeat(Limits.TEXT_CHARS - 2 * CUT.length() - start.length());
        StackTraceElement frame = new StackTraceElement("com.example.A", "run", "A.java", 1);

        String shorter = message.substring(1);
        assertThat(append(shorter)).endsWith(shorter);
        assertThat(append(shorter, frame)).contains("A.java").endsWith(CUT);

        assertThat(append(message)).endsWith(message + System.lineSeparator() + CUT);
        assertThat(append(message, frame)).endsWith(message + System.lineSeparator() + CUT);
    }

    private String append(String message, StackTraceElement... frames) {
        return stackTraces.append("why?", new ThrowableProxy(withFrames(new Exception(message), frames)));
    }

    @Test
    void printsTheBeginningOfTheTraceAfterAHugeMessage() {
        String message = "m".repeat(2 * Limits.TEXT_CHARS);
        StackTraceElement[] frames = new StackTraceElement[1_000];
        Arrays.fill(frames, new StackTraceElement("com.example.A", "run", "A.java", 1));
        String text = stackTraces.append(message, new ThrowableProxy(withFrames(new Exception("failed"), frames)));
        assertThat(text.substring(message.length()))
                .contains("A.java")
                .endsWith(CUT)
                .hasSizeBetween(4_096, 8_192);
    }

    // The cache

    @Test
    void readsTheTextOfARecurringFrameOnce() {
        List<CountedFrame> frames = new ArrayList<>();
        for (int line = 1; line <= 256; line++) {
            frames.add(new CountedFrame("com.example.A", line));
        }
        assertReadOnce(frames);
    }

    @Test
    void keepsFramesWhoseHashesDifferInTheUpperHalfOnly() {
        List<CountedFrame> frames = new ArrayList<>();
        for (int high = 1; high <= 20; high++) {
            frames.add(new CountedFrame("com.example.A", high << 16)); // the line is added to the hash
        }
        assertReadOnce(frames);
    }

    @Test
    void keepsFramesOfUpTo256Characters() {
        CountedFrame longest = new CountedFrame("A".repeat(256 - "at .run(A.java:1)".length()), 1);
        assertThat(longest.toString()).hasSize(256);
        longest.read = 0;
        assertReadOnce(List.of(longest));

        CountedFrame longer = new CountedFrame("A".repeat(257 - "at .run(A.java:1)".length()), 1);
        print(List.of(longer));
        print(List.of(longer));
        assertThat(longer.read).isEqualTo(2);
    }

    private void assertReadOnce(List<CountedFrame> frames) {
        print(frames);
        print(frames);
        assertThat(frames).allMatch(frame -> frame.read == 1);
    }

    private void print(List<CountedFrame> frames) {
        stackTraces.append("why?", new ThrowableProxy(new Exception("failed")) {
            @Override
            public StackTraceElementProxy[] getStackTraceElementProxyArray() {
                return frames.toArray(StackTraceElementProxy[]::new);
            }
        });
    }

    private static final class CountedFrame extends StackTraceElementProxy {

        private static final long serialVersionUID = 1;

        private int read;

        CountedFrame(String className, int line) {
            super(new StackTraceElement(className, "run", "A.java", line));
        }

        @Override
        public String toString() {
            read++;
            return super.toString();
        }
    }

    /** An exception with a suppressed one, which has a suppressed one, and so on. */
    private static Exception suppressing(int levels) {
        Exception outer = withFrames(new Exception("level " + levels));
        for (int level = levels - 1; level >= 0; level--) {
            Exception inner = outer;
            outer = withFrames(new Exception("level " + level));
            outer.addSuppressed(inner);
        }
        return outer;
    }

    @Test
    void keepsTheLineBreaksOfTheMessage() {
        ThrowableProxy bare = new ThrowableProxy(withFrames(new Exception("failed\r\n\n")));
        assertThat(stackTraces.append("why?\n", bare))
                .isEqualTo("why?\n" + System.lineSeparator() + "java.lang.Exception: failed");
    }

    private String printsAsLogback(ThrowableProxy proxy) {
        String trace = LineText.withoutTrailingLineBreaks(ThrowableProxyUtil.asString(proxy));
        String text = stackTraces.append("Order 1 was not created", proxy);
        assertThat(text).isEqualTo("Order 1 was not created" + System.lineSeparator() + trace);
        return text;
    }

    /** With causes, suppressed exceptions, cycles, and many similar frames. */
    private static Throwable throwable(Random random, int depth) {
        Exception throwable =
                withFrames(new Exception(random.nextBoolean() ? "message " + random.nextInt(9) : null), frames(random));
        if (depth > 0 && random.nextInt(4) > 0) {
            throwable.initCause(throwable(random, depth - 1));
        }
        for (int i = random.nextInt(3) * depth; i > 0; i -= 2) {
            throwable.addSuppressed(random.nextInt(8) == 0 ? cycle() : throwable(random, depth - 1));
        }
        return throwable;
    }

    private static Exception cycle() {
        Exception a = new Exception("a");
        a.initCause(new Exception("b", a));
        return a;
    }

    private static StackTraceElement[] frames(Random random) {
        StackTraceElement[] frames = new StackTraceElement[random.nextInt(40)];
        for (int i = 0; i < frames.length; i++) {
            frames[i] = new StackTraceElement(
                    random.nextInt(5) == 0 ? "app" : null,
                    random.nextInt(5) == 0 ? "orders" : null,
                    random.nextInt(5) == 0 ? "1.0" : null,
                    "com.example.Class" + random.nextInt(20),
                    "method" + random.nextInt(5),
                    random.nextInt(9) == 0 ? null : "Class.java",
                    random.nextInt(20) - 3); // -2 is a native method
        }
        return frames;
    }

    private static Exception withFrames(Exception exception, StackTraceElement... frames) {
        exception.setStackTrace(frames);
        return exception;
    }
}
