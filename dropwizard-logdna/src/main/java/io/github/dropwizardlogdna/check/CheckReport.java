package io.github.dropwizardlogdna.check;

/** The output of a check, as text or as JSON. Methods are called in the order of the check, by one thread. */
interface CheckReport {

    /** The check of an appender begins. */
    void appender(String name, String path);

    /** The appender is disabled. */
    void skipped();

    /** A fact that needed no test. */
    void fact(String name, String value);

    /** A test has ended, after {@code millis} milliseconds. */
    void step(String name, boolean passed, String result, long millis);

    /** The endpoint took the test line. */
    void delivered(String app);

    /** The test line was not sent or not taken; or it was taken, and the spool does not work. */
    void failed(String reason, String remedy);

    /** The check of the appender has ended. */
    void endOfAppender();

    /** All appenders are checked. */
    void summary(Summary summary);

    /**
     * The result of the whole check.
     *
     * @param sent the number of enabled appenders
     * @param taken the number of test lines that the endpoint took
     * @param unusableSpools the number of spool directories that can't be written
     */
    record Summary(int sent, int taken, int unusableSpools) {

        boolean ok() {
            return sent > 0 && taken == sent && unusableSpools == 0;
        }
    }
}
