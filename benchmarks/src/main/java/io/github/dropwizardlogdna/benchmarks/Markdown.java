package io.github.dropwizardlogdna.benchmarks;

import java.util.Locale;

/** A Markdown table. Not thread-safe. */
public final class Markdown {

    private final StringBuilder text = new StringBuilder();

    public Markdown(String... headers) {
        row((Object[]) headers);
        text.append("|---".repeat(headers.length)).append("|\n");
    }

    public Markdown row(Object... cells) {
        for (Object cell : cells) {
            text.append("| ").append(cell).append(' ');
        }
        text.append("|\n");
        return this;
    }

    /** A number in English, regardless of the machine's locale. */
    public static String number(String format, Object... values) {
        return String.format(Locale.ROOT, format, values);
    }

    @Override
    public String toString() {
        return text.toString();
    }
}
