package io.github.dropwizardlogdna.benchmarks;

import java.util.Locale;

/** A table as Markdown has it. Not thread-safe. */
final class Markdown {

    private final StringBuilder text = new StringBuilder();

    Markdown(String... headers) {
        row((Object[]) headers);
        text.append("|---".repeat(headers.length)).append("|\n");
    }

    Markdown row(Object... cells) {
        for (Object cell : cells) {
            text.append("| ").append(cell).append(' ');
        }
        text.append("|\n");
        return this;
    }

    /** A number, in the English way whatever the machine speaks. */
    static String number(String format, Object... values) {
        return String.format(Locale.ROOT, format, values);
    }

    @Override
    public String toString() {
        return text.toString();
    }
}
