package io.github.dropwizardlogdna.compatibility;

import java.util.List;
import java.util.Optional;

/** The message with which the library stops the start beside a Dropwizard that it does not work with. */
final class Refusal {
    private Refusal() {}

    /** Returns the message's first line, and adds what a newcomer would miss in it. */
    static String message(String output, String dropwizard, List<String> problems) {
        Optional<String> found = output.lines()
                .filter(line -> line.contains("logdna") && line.contains(dropwizard) && line.contains("needs"))
                .findFirst();
        if (found.isEmpty()) {
            problems.add("no line says that Dropwizard " + dropwizard + " was found and what is needed");
        }
        return found.map(String::strip).orElse("without saying why");
    }
}
