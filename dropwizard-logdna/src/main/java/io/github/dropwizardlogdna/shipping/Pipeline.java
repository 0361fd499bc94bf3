package io.github.dropwizardlogdna.shipping;

/** What the batcher and the sender of one appender share; each part says itself who may do what with it. */
record Pipeline(HandOff handOff, BatchStore store, Ledger ledger, LearnedLimits limits, LossReport losses) {}
