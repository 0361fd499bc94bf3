package io.github.dropwizardlogdna;

import io.github.dropwizardlogdna.shipping.DropReason;
import io.github.dropwizardlogdna.shipping.Shipper;
import java.util.List;
import java.util.SplittableRandom;

/** Logs two million lines to three appenders, none of which can deliver. Arguments: the options of each, a line each. */
public final class SmallHeapProgram {

    static final int LINES = 2_000_000;

    private SmallHeapProgram() {}

    public static void main(String[] arguments) throws Exception {
        List<ConfiguredAppender> appenders = List.of(
                ConfiguredAppender.of(arguments), ConfiguredAppender.of(arguments), ConfiguredAppender.of(arguments));
        SplittableRandom random = new SplittableRandom(1);
        for (int i = 0; i < LINES; i++) {
            ConfiguredAppender appender = appenders.get(i % appenders.size());
            appender.log(appender.event(incompressible(random)));
        }
        for (ConfiguredAppender appender : appenders) {
            Shipper shipper = appender.shipper();
            System.out.println("state " + shipper.state().kind() + ", errors "
                    + shipper.counts().internalErrors() + ", counted "
                    + (shipper.counts().heldLines() + shipper.counts().droppedLines()) + ", failed "
                    + shipper.counts().dropped(DropReason.FAILED)
                    + ", held " + (shipper.counts().heldLines() > 1000));
            appender.stop();
        }
    }

    /** Text of which gzip can't make much less. */
    private static String incompressible(SplittableRandom random) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < 12; i++) {
            text.append(Long.toString(random.nextLong(), Character.MAX_RADIX));
        }
        return text.toString();
    }
}
