package io.github.dropwizardlogdna.shipping;

/** The parts that the batcher and the senders of one appender share. Each documents which thread may use it how. */
record Pipeline(
        LineQueue queue,
        BatchStore store,
        Budget budget,
        Counters counters,
        LearnedLimits limits,
        DropReporter losses,
        LineForm form) {}
