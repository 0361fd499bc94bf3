package io.github.dropwizardlogdna.check;

import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.turbo.TurboFilter;
import io.dropwizard.configuration.ConfigurationException;
import io.dropwizard.core.Configuration;
import io.dropwizard.core.cli.Cli;
import io.dropwizard.core.cli.Command;
import io.dropwizard.core.setup.Bootstrap;
import io.github.dropwizardlogdna.report.Versions;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;
import net.sourceforge.argparse4j.impl.Arguments;
import net.sourceforge.argparse4j.inf.Namespace;
import net.sourceforge.argparse4j.inf.Subparser;
import org.slf4j.LoggerFactory;

/**
 * The command {@code logdna-check config.yml}: sends one test line for each configured appender and reports each step on
 * the way. The exit code is 0 only if there was an appender, the endpoint took every line, and every spool directory can be
 * written.
 *
 * <p>It reads the file like a {@code ConfiguredCommand} but is not one, because such a command configures logging: it
 * would start the appenders under test, and a console appender at a low level prints request headers, the key included.
 */
public final class LogDnaCheckCommand extends Command {

    static final String NAME = "logdna-check";

    private static final String FILE = "file";
    private static final String JSON = "json";

    private final Function<Configuration, List<CheckedAppender>> appenders;
    private final Supplier<TurboFilter> ownThreadFilter;
    private final PrintStream out;

    /**
     * Creates the command.
     *
     * @param appenders finds the appenders of a configuration
     * @param ownThreadFilter creates the filter that hides what the threads of the HTTP client log
     */
    public LogDnaCheckCommand(
            Function<Configuration, List<CheckedAppender>> appenders, Supplier<TurboFilter> ownThreadFilter) {
        this(appenders, ownThreadFilter, System.out);
    }

    LogDnaCheckCommand(
            Function<Configuration, List<CheckedAppender>> appenders,
            Supplier<TurboFilter> ownThreadFilter,
            PrintStream out) {
        super(NAME, "Sends a test line for each configured logdna appender and reports what fails");
        this.appenders = appenders;
        this.ownThreadFilter = ownThreadFilter;
        this.out = out;
    }

    @Override
    public void configure(Subparser subparser) {
        subparser.addArgument(FILE).nargs("?").help("application configuration file");
        subparser.addArgument("--" + JSON).action(Arguments.storeTrue()).help("print one JSON object");
    }

    @Override
    public void run(Bootstrap<?> bootstrap, Namespace namespace) throws Exception {
        if (LoggerFactory.getILoggerFactory() instanceof LoggerContext context) {
            context.addTurboFilter(ownThreadFilter.get()); // no appender exists that would have added it
        }
        List<CheckedAppender> found = appenders.apply(read(bootstrap, namespace.getString(FILE)));
        String versions = Versions.inShort();
        CheckReport report = Boolean.TRUE.equals(namespace.getBoolean(JSON))
                ? new JsonReport(versions, out)
                : new TextReport(versions, out);
        int sent = 0;
        int taken = 0;
        int unusableSpools = 0;
        for (CheckedAppender appender : found) {
            report.appender(appender.name(), appender.path());
            if (appender.enabled()) {
                Result result = check(appender, bootstrap.getApplication().getName(), report);
                sent++;
                taken += result.lineTaken() ? 1 : 0;
                unusableSpools += result.spoolWorks() ? 0 : 1;
            } else {
                report.skipped();
            }
            report.endOfAppender();
        }
        CheckReport.Summary summary = new CheckReport.Summary(sent, taken, unusableSpools);
        report.summary(summary);
        if (!summary.ok()) {
            throw new CheckFailed();
        }
    }

    private record Result(boolean lineTaken, boolean spoolWorks) {}

    private static Result check(CheckedAppender appender, String applicationName, CheckReport report)
            throws InterruptedException {
        EndpointCheck check;
        try {
            SelfTest.run(appender.name(), new LoggerContext());
            check = appender.endpointCheck().apply(applicationName);
        } catch (IllegalArgumentException | IllegalStateException e) {
            report.failed(String.valueOf(e.getMessage()).strip(), "");
            return new Result(false, true);
        }
        boolean spoolWorks = checkSpool(appender, report);
        boolean taken = check.run(report);
        if (taken && !spoolWorks) {
            report.failed("the spool directory can't be written.", SpoolDirectoryCheck.REMEDY);
        }
        return new Result(taken, spoolWorks);
    }

    private static boolean checkSpool(CheckedAppender appender, CheckReport report) {
        Path directory = appender.spoolDirectory().orElse(null);
        if (directory == null) {
            return true;
        }
        long start = System.nanoTime();
        SpoolDirectoryCheck.Finding spool = SpoolDirectoryCheck.tryWriting(directory);
        report.step("spool", spool.passed(), spool.words(), EndpointCheck.millisSince(start));
        return spool.passed();
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

    /** Prints no stack trace for a wrong configuration file or a failed check. */
    @Override
    public void onError(Cli cli, Namespace namespace, Throwable e) {
        if (e instanceof ConfigurationException || e instanceof IOException) {
            cli.getStdErr().println(e.getMessage());
        } else if (!(e instanceof CheckFailed)) {
            super.onError(cli, namespace, e);
        }
    }

    /** Makes the process exit with 1, as Dropwizard does after any exception of a command. */
    static final class CheckFailed extends Exception {

        CheckFailed() {
            super("the check has failed", null, false, false);
        }
    }
}
