package io.github.dropwizardlogdna.appender;

/** The appenders of an application, as one of them sees them: they share the time that a shutdown may wait. */
interface AppenderGroup {

    /** An appender starts. */
    void add(ShippingAppender appender);

    /** Waits, within the shared time, until the lines that an appender has accepted so far are settled. */
    void drain(ShippingAppender appender);

    /** Stops the shipper of an appender, within the shared time, and reports the lines that are lost. */
    void stop(ShippingAppender appender);
}
