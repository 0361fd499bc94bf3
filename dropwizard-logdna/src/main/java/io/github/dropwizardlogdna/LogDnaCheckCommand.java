package io.github.dropwizardlogdna;

import ch.qos.logback.classic.LoggerContext;
import io.dropwizard.configuration.ConfigurationException;
import io.dropwizard.core.Configuration;
import io.dropwizard.core.cli.Cli;
import io.dropwizard.core.cli.Command;
import io.dropwizard.core.setup.Bootstrap;
import io.github.dropwizardlogdna.ConfiguredAppenders.Found;
import java.io.IOException;
import java.io.PrintStream;
import java.util.List;
import java.util.Optional;
import net.sourceforge.argparse4j.inf.Namespace;
import net.sourceforge.argparse4j.inf.Subparser;
import org.slf4j.LoggerFactory;

/**
 * {@code logdna-check config.yml}: sends one test line for each configured appender, and says step by step how far it got,
 * to a person whose logs do not arrive. Succeeds only if there was an appender and every line was taken.
 *
 * <p>It reads the file as a {@code ConfiguredCommand} does, and is none, because such a command configures logging: this
 * one would start the very appenders that it is about, ship what they are given, and mix its words with those of the
 * console appender, which at a low level shows the headers of requests, the key included.
 */
final class LogDnaCheckCommand extends Command {

    private static final String NAME = "logdna-check";
    private static final String FILE = "file";

    private final PrintStream out;

    LogDnaCheckCommand() {
        this(System.out);
    }

    LogDnaCheckCommand(PrintStream out) {
        super(NAME, "Sends a test line for each configured logdna appender, and says what to do where it fails");
        this.out = out;
    }

    @Override
    public void configure(Subparser subparser) {
        subparser.addArgument(FILE).nargs("?").help("application configuration file");
    }

    @Override
    public void run(Bootstrap<?> bootstrap, Namespace namespace) throws Exception {
        if (LoggerFactory.getILoggerFactory() instanceof LoggerContext context) {
            // No appender of this library is there to add it.
            context.addTurboFilter(new OwnWorkFilter());
        }
        String file = namespace.getString(FILE);
        List<Found> appenders = ConfiguredAppenders.in(read(bootstrap, file));
        out.println(NAME + " with " + Versions.inShort());
        if (appenders.isEmpty()) {
            out.println(NAME + ": no appender has type: logdna, neither in logging.appenders, nor in"
                    + " logging.loggers.NAME.appenders, nor in server.requestLog.appenders.");
            throw new NotDelivered();
        }
        int sent = 0;
        int taken = 0;
        for (Found appender : appenders) {
            out.println(appender.name() + " (" + appender.path() + ")");
            LogDnaAppenderFactory<?> factory = appender.factory();
            if (factory != null && !factory.ships()) {
                out.println("  skipped: enabled is false");
            } else {
                sent++;
                taken += isTaken(appender, bootstrap.getApplication().getName()) ? 1 : 0;
            }
            out.println();
        }
        out.println(
                NAME + ": " + (sent == 0 ? "no appender is enabled." : taken + " of " + sent + " test lines taken."));
        if (sent == 0 || taken < sent) {
            throw new NotDelivered();
        }
    }

    private boolean isTaken(Found appender, String applicationName) throws InterruptedException {
        LogDnaAppenderFactory<?> factory = appender.factory();
        if (factory == null) {
            out.println("  FAILED: " + appender.problem());
            return false;
        }
        EndpointCheck check;
        try {
            SelfTest.run(appender.name(), new LoggerContext());
            check = factory.check(applicationName);
        } catch (IllegalArgumentException | IllegalStateException e) {
            out.println("  FAILED: " + String.valueOf(e.getMessage()).strip());
            return false;
        }
        boolean spools = spools(factory);
        return check.run(out) && spools;
    }

    /** Whether its spool, if there is one, can be written. */
    private boolean spools(LogDnaAppenderFactory<?> factory) {
        Optional<SpoolDirectoryCheck.Finding> spool = factory.spoolDirectory().map(SpoolDirectoryCheck::tried);
        spool.ifPresent(found -> out.printf("  %-10s  %s%s%n", "spool", found.good() ? "" : "FAILED: ", found.words()));
        return spool.map(SpoolDirectoryCheck.Finding::good).orElse(true);
    }

    private static <C extends Configuration> C read(Bootstrap<C> bootstrap, String file)
            throws IOException, ConfigurationException {
        var factory = bootstrap
                .getConfigurationFactoryFactory()
                .create(
                        bootstrap.getApplication().getConfigurationClass(),
                        bootstrap.getValidatorFactory().getValidator(),
                        bootstrap.getObjectMapper(),
                        "dw");
        return file == null ? factory.build() : factory.build(bootstrap.getConfigurationSourceProvider(), file);
    }

    /** Without a stack trace where the words tell all: what is wrong with the file, and what this command has printed. */
    @Override
    public void onError(Cli cli, Namespace namespace, Throwable e) {
        if (e instanceof ConfigurationException || e instanceof IOException) {
            cli.getStdErr().println(e.getMessage());
        } else if (!(e instanceof NotDelivered)) {
            super.onError(cli, namespace, e);
        }
    }

    /** Makes the process end with an exit code of 1, which is what Dropwizard does after any exception. */
    static final class NotDelivered extends Exception {

        NotDelivered() {
            super("not every test line was taken", null, false, false);
        }
    }
}
