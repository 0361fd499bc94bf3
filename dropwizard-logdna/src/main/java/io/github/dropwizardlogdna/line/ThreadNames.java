package io.github.dropwizardlogdna.line;

/** Finds the request that Dropwizard's ThreadNameFilter appends to a thread's name: {@code " - GET /path?query"}. */
final class ThreadNames {

    private static final String SEPARATOR = " - ";

    private ThreadNames() {}

    /** The length of the name without the request. */
    static int end(String name) {
        int end = name.indexOf(SEPARATOR);
        while (end >= 0) {
            if (isRequest(name, end + SEPARATOR.length())) {
                return end;
            }
            end = name.indexOf(SEPARATOR, end + 1);
        }
        return name.length();
    }

    /** Whether a method in capitals, a space and a slash follow. */
    private static boolean isRequest(String name, int from) {
        int i = from;
        while (i < name.length() && isCapital(name.charAt(i))) {
            i++;
        }
        return i > from && name.startsWith(" /", i);
    }

    private static boolean isCapital(char c) {
        return c >= 'A' && c <= 'Z';
    }
}
