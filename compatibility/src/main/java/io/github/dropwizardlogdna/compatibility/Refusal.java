package io.github.dropwizardlogdna.compatibility;

import java.util.List;

/** The message with which the library stops the start beside a Dropwizard that it does not work with. */
final class Refusal {
    private Refusal() {}

    /** Says what a newcomer would miss in what the service wrote. */
    static List<String> problems(String output, String dropwizard) {
        boolean complete = output.lines()
                .anyMatch(line -> line.contains("can't work with the libraries of this service")
                        && line.contains("Dropwizard " + dropwizard + ",")
                        && line.contains("Needed: Dropwizard ")
                        && line.contains("What to do: "));
        return complete
                ? List.of()
                : List.of("no line says that Dropwizard " + dropwizard + " was found, what is needed and what to do");
    }
}
