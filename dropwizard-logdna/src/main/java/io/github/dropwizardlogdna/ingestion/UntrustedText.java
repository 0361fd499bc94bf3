package io.github.dropwizardlogdna.ingestion;

/** Makes text from another machine or user safe to print. */
public final class UntrustedText {

    private static final int LONGEST = 200;

    private UntrustedText() {}

    /**
     * Bounds a text, puts it on one line, and removes characters that a terminal or a viewer may act on: all kinds of control
     * characters, marks that change the direction of writing, lone surrogates.
     */
    static String cleaned(String text) {
        String bounded = text.length() > LONGEST ? text.substring(0, LONGEST) : text;
        StringBuilder cleaned = new StringBuilder(bounded.length());
        bounded.codePoints().forEach(c -> cleaned.appendCodePoint(isVisible(c) ? c : ' '));
        String visible = cleaned.toString().trim();
        return text.length() > LONGEST ? visible + "..." : visible;
    }

    /** Whether a character is printed as itself, and no terminal or viewer acts on it. */
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
