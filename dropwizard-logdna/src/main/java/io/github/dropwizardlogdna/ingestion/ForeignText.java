package io.github.dropwizardlogdna.ingestion;

/** Text that another machine or user may have written, made fit for a message. */
public final class ForeignText {

    private static final int LONGEST = 200;

    private ForeignText() {}

    /**
     * Bounded, on one line, and without what a terminal or a viewer would obey: control characters of every kind, marks
     * that turn the direction of writing, lone surrogates.
     */
    static String cleaned(String text) {
        String bounded = text.length() > LONGEST ? text.substring(0, LONGEST) : text;
        StringBuilder cleaned = new StringBuilder(bounded.length());
        bounded.codePoints().forEach(c -> cleaned.appendCodePoint(isVisible(c) ? c : ' '));
        String visible = cleaned.toString().trim();
        return text.length() > LONGEST ? visible + "..." : visible;
    }

    /** Whether a character shows as itself, and is not one that a terminal or a viewer would obey. */
    public static boolean isVisible(int codePoint) {
        return switch (Character.getType(codePoint)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.PRIVATE_USE,
                    Character.UNASSIGNED,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR -> false;
            default -> true;
        };
    }
}
