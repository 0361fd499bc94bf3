package io.github.dropwizardlogdna.compatibility;

import java.util.ArrayList;
import java.util.List;

/** Lines of a Markdown table. */
final class Table {
    static final List<String> HEAD =
            List.of("Dropwizard", "surroundings", "imports", "started as", "Java", "request log", "lines that arrived");

    private Table() {}

    static String head() {
        return row(HEAD) + System.lineSeparator() + "|" + "---|".repeat(HEAD.size());
    }

    static String row(Combination combination, String result) {
        List<String> cells = new ArrayList<>(combination.cells());
        cells.add(result);
        return row(cells);
    }

    private static String row(List<String> cells) {
        return "| " + String.join(" | ", cells) + " |";
    }
}
