package io.github.dropwizardlogdna;

import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.core.Appender;
import ch.qos.logback.core.Layout;
import ch.qos.logback.core.filter.Filter;
import ch.qos.logback.core.spi.DeferredProcessingAware;
import com.fasterxml.jackson.annotation.JsonTypeName;
import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import io.dropwizard.logging.common.AbstractAppenderFactory;
import io.dropwizard.logging.common.async.AsyncAppenderFactory;
import io.dropwizard.logging.common.filter.LevelFilterFactory;
import io.dropwizard.logging.common.filter.NullLevelFilterFactory;
import io.dropwizard.logging.common.layout.LayoutFactory;
import io.dropwizard.util.Duration;
import io.github.dropwizardlogdna.appender.AppenderAssembly;
import io.github.dropwizardlogdna.appender.AppenderSettings;
import io.github.dropwizardlogdna.appender.ApplicationAppenders;
import io.github.dropwizardlogdna.appender.MessageRate;
import io.github.dropwizardlogdna.check.EndpointCheck;
import io.github.dropwizardlogdna.check.SelfTest;
import io.github.dropwizardlogdna.config.CheckedOptions;
import io.github.dropwizardlogdna.config.DeclaredAppenders;
import io.github.dropwizardlogdna.config.LayoutErrors;
import io.github.dropwizardlogdna.config.OptionsCheck;
import io.github.dropwizardlogdna.config.OptionsDeserializer;
import io.github.dropwizardlogdna.config.ValidOptions;
import io.github.dropwizardlogdna.ingestion.IngestionSettings;
import io.github.dropwizardlogdna.report.Message;
import io.github.dropwizardlogdna.report.Versions;
import io.github.dropwizardlogdna.shipping.SpoolSettings;
import jakarta.annotation.Nullable;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Builds the appender of {@code type: logdna}, which ships log events to LogDNA (Mezmo).
 *
 * <p>An empty option counts as unset, so that each option may come from an environment variable that may be empty.
 *
 * <table>
 * <caption>Configuration</caption>
 * <tr><th>Name</th><th>Default</th><th>Description</th></tr>
 * <tr><td>{@code ingestionKey}</td><td>the environment's {@code LOGDNA_INGESTION_KEY}, {@code MZ_INGESTION_KEY}</td>
 *     <td>The ingestion key; required. Write-only.</td></tr>
 * <tr><td>{@code name}</td><td>{@code logdna}, {@code logdna-request}</td>
 *     <td>The appender's name, in messages, states and the spool; with a number if it is taken, except with a spool.</td></tr>
 * <tr><td>{@code enabled}</td><td>true</td><td>{@code false} ships nothing, needs no key, starts no thread.</td></tr>
 * <tr><td>{@code endpoint}</td>
 *     <td>the environment's {@code LOGDNA_URL}, {@code https://logs.logdna.com/logs/ingest}</td>
 *     <td>Absolute http or https URL; without a path, {@code /logs/ingest} is added.</td></tr>
 * <tr><td>{@code hostname}</td><td>the environment's {@code LOGDNA_HOSTNAME}, the machine's name</td>
 *     <td>At most 256 characters.</td></tr>
 * <tr><td>{@code app}</td><td>the application's name</td><td>At most 512 characters.</td></tr>
 * <tr><td>{@code env}, {@code ip}, {@code mac}</td><td>none</td><td>Omitted if unset.</td></tr>
 * <tr><td>{@code tags}</td><td>the environment's {@code LOGDNA_TAGS}, {@code MZ_TAGS}</td>
 *     <td>A list, or one comma-separated string; a tag has at most 80 characters.</td></tr>
 * <tr><td>{@code meta}</td><td>none</td><td>Fixed fields for the {@code meta} of every line.</td></tr>
 * <tr><td>{@code indexMeta}</td><td>true</td>
 *     <td>{@code meta} as a JSON object, which is searchable, or as a string, which is only shown.</td></tr>
 * <tr><td>{@code includesMdcKeys}, {@code excludesMdcKeys}</td><td>all, none</td>
 *     <td>The MDC entries that become {@code meta}; excluding wins.</td></tr>
 * <tr><td>{@code redact}</td><td>none</td>
 *     <td>Regular expressions of RE2. Each match in the line (stack trace included) and in the values of {@code meta}
 *     becomes {@code [REDACTED]}; fixed {@code meta} and the names of fields excepted. A list, or one string.</td></tr>
 * <tr><td>{@code oversizeLines}</td><td>{@code split}</td>
 *     <td>A line over the server's 16 KB is {@code split} into numbered parts, or cut ({@code truncate}).</td></tr>
 * <tr><td>{@code parseJson}</td><td>true with a {@code layout}, else false</td>
 *     <td>{@code false} keeps the server from parsing a line that ends in <code>}</code>.</td></tr>
 * <tr><td>{@code bufferSize}</td><td>a sixteenth of the maximum heap, at most 32MiB, at least
 *     {@code concurrentRequests} + 1 batches</td>
 *     <td>All bytes held in memory for lines not yet delivered; at least {@code concurrentRequests} + 1
 *     times {@code batchSize}.</td></tr>
 * <tr><td>{@code queueSize}</td><td>65536</td>
 *     <td>The most lines between the logging threads and the batcher; 1 to 8191 become 8192.</td></tr>
 * <tr><td>{@code neverBlock}</td><td>true</td>
 *     <td>When the buffer is full: drop and count, or ({@code false}) make the logging thread wait.</td></tr>
 * <tr><td>{@code discardingThreshold}</td><td>-1</td>
 *     <td>Free lines of {@code queueSize}, and the same share of {@code bufferSize}, below which lines under WARN are
 *     dropped. -1: a fifth, or none with {@code neverBlock: false}; 0: none.</td></tr>
 * <tr><td>{@code batchSize}</td><td>2MiB</td><td>Uncompressed bytes that close a batch; 1 KiB to 9 MiB. If it is set, no request
 *     is larger; otherwise batches grow while others wait.</td></tr>
 * <tr><td>{@code flushInterval}</td><td>1s</td><td>Age of the oldest line that closes a batch.</td></tr>
 * <tr><td>{@code compression}</td><td>{@code gzip}</td><td>Or {@code none}.</td></tr>
 * <tr><td>{@code connectionTimeout}, {@code timeout}</td><td>5s, 30s</td>
 *     <td>To connect; from the first byte sent to the last byte read.</td></tr>
 * <tr><td>{@code minRetryDelay}, {@code maxRetryDelay}</td><td>500ms, 30s</td>
 *     <td>Exponential backoff: random between the first and a bound that doubles up to the second; {@code Retry-After} wins, up to 5 minutes.</td></tr>
 * <tr><td>{@code concurrentRequests}</td><td>1</td>
 *     <td>1 to 8. More than one is faster over a long distance, and gives up the order between requests.</td></tr>
 * <tr><td>{@code shutdownTimeout}</td><td>5s</td>
 *     <td>The longest time that a shutdown waits for lines, summed over all appenders.</td></tr>
 * <tr><td>{@code proxy}</td><td>the JVM's</td>
 *     <td>{@code http://user:password@host:port}, percent-encoded. Write-only.</td></tr>
 * <tr><td>{@code tls}</td><td>the JVM's</td>
 *     <td>{@code trustStorePath}, {@code trustStorePassword}, {@code keyStorePath}, {@code keyStorePassword}.</td></tr>
 * <tr><td>{@code spool.directory}</td><td>none</td>
 *     <td>With it, undelivered batches live in files there and survive the process.</td></tr>
 * <tr><td>{@code spool.maxSize}</td><td>512MiB</td><td>The most bytes of these files.</td></tr>
 * </table>
 *
 * <p>And from {@link AbstractAppenderFactory}: {@code threshold}, {@code logFormat}, {@code layout}, {@code timeZone},
 * {@code includeCallerData}, {@code filterFactories}, {@code messageRate}.
 */
@JsonTypeName("logdna")
@JsonDeserialize(using = OptionsDeserializer.class)
@ValidOptions
public class LogDnaAppenderFactory<E extends DeferredProcessingAware> extends LogDnaOptions<E>
        implements CheckedOptions {

    static final String DEFAULT_NAME = "logdna";
    static final String DEFAULT_REQUEST_LOG_NAME = "logdna-request";

    private static final String NOT_A_PATTERN = "logFormat is not a pattern that Logback can parse: ";
    private static final String FIXED_FORMAT =
            "logFormat has no effect in a request log of type classic: remove it, or use the type logback-access";

    @Override
    public Appender<E> build(
            LoggerContext context,
            String applicationName,
            LayoutFactory<E> layoutFactory,
            LevelFilterFactory<E> levelFilterFactory,
            AsyncAppenderFactory<E> asyncAppenderFactory) {
        boolean declared = DeclaredAppenders.contains(this);
        OptionsCheck.orThrow(this);
        DeclaredAppenders.remove(this);
        ApplicationAppenders appenders = ApplicationAppenders.of(context);
        // Dropwizard passes a filter that accepts everything to the appenders of both kinds of request log.
        boolean requestLog = levelFilterFactory instanceof NullLevelFilterFactory;
        String usualName = requestLog ? DEFAULT_REQUEST_LOG_NAME : DEFAULT_NAME;
        if (!isEnabled()) {
            appenders.describe(Message.DISABLED, nameOr(usualName));
            return AppenderAssembly.disabled(nameOr(usualName) + "-disabled", context);
        }
        String appenderName = uniqueName(appenders, usualName, declared);
        SelfTest.run(appenderName, context);
        EffectiveOptions effective = new EffectiveOptions(this);
        boolean usesLayout = layout != null || effective.usesPattern() || requestLog;
        Layout<E> lineLayout = usesLayout ? layout(context, layoutFactory, effective.usesPattern()) : null;
        IngestionSettings ingestion = effective.ingestion();
        SpoolSettings spool = getSpool() == null ? null : getSpool().settings(appenderName, ingestion::hostInfo);
        AppenderSettings<E> settings = new AppenderSettings<>(
                appenderName,
                effective.lineFormat(applicationName, lineLayout),
                effective.lineFormat(applicationName, null),
                effective.shipping(spool),
                ingestion,
                rate(),
                EffectiveOptions.asJava(getShutdownTimeout()));
        Appender<E> appender = AppenderAssembly.start(settings, filters(levelFilterFactory), context);
        appenders.describe(
                Message.STARTED,
                appenderName,
                settings.shownEndpoint(),
                settings.lines().app(),
                effective.bufferInWords(),
                getSpool() == null ? "none" : getSpool(),
                environment().inWords(),
                Versions.inShort());
        return appender;
    }

    /** A spool is found again by the name of its appender, so that name must not depend on other appenders. */
    private String uniqueName(ApplicationAppenders appenders, String usualName, boolean declared) {
        String wanted = nameOr(usualName);
        boolean reserved = !declared && needsDefaultName() && DeclaredAppenders.needDefaultName();
        String unique = appenders.names().take(wanted, reserved);
        nameProblem(wanted, unique).ifPresent(problem -> {
            throw OptionsCheck.error(problem);
        });
        return unique;
    }

    /** The problem of a name that depends on other appenders; empty if it may. */
    Optional<String> nameProblem(String wanted, String unique) {
        return getSpool() == null || unique.equals(wanted)
                ? Optional.empty()
                : Optional.of(
                        "name must be set to one of its own: with a spool it determines which lines on disk belong"
                                + " to this appender, and " + wanted + " is the name of another appender");
    }

    private Layout<E> layout(LoggerContext context, LayoutFactory<E> layoutFactory, boolean fromPattern) {
        try (LayoutErrors errors = new LayoutErrors(context)) {
            Layout<E> built = buildLayout(context, layoutFactory);
            String error = errors.first();
            if (fromPattern && error != null) {
                throw OptionsCheck.error(NOT_A_PATTERN + error);
            }
            return built;
        }
    }

    /**
     * Parses {@code logFormat} with the layout of its place, and returns the problem; empty if there is none.
     *
     * @param ofPlace null for a request log of type {@code classic}, whose lines have a fixed format
     */
    @SuppressWarnings("unchecked") // the place decides about the type of the events
    Optional<String> patternProblem(@Nullable LayoutFactory<?> ofPlace) {
        if (layout != null || !new EffectiveOptions(this).usesPattern()) {
            return Optional.empty();
        }
        if (ofPlace == null) {
            return Optional.of(FIXED_FORMAT);
        }
        LoggerContext context = new LoggerContext();
        try (LayoutErrors errors = new LayoutErrors(context)) {
            buildLayout(context, (LayoutFactory<E>) ofPlace);
            return Optional.ofNullable(errors.first()).map(error -> NOT_A_PATTERN + error);
        }
    }

    @Nullable
    private MessageRate rate() {
        Duration interval = getMessageRate();
        return interval == null ? null : new MessageRate(interval.toNanoseconds(), System::nanoTime);
    }

    private List<Filter<E>> filters(LevelFilterFactory<E> levelFilterFactory) {
        List<Filter<E>> filters = new ArrayList<>();
        filters.add(levelFilterFactory.build(threshold));
        getFilterFactories().forEach(factory -> filters.add(factory.build()));
        return filters;
    }

    /**
     * Creates the check of the endpoint with these options.
     *
     * @throws IllegalArgumentException as {@link #build} does
     */
    EndpointCheck endpointCheck(String applicationName) {
        OptionsCheck.orThrow(this);
        EffectiveOptions effective = new EffectiveOptions(this);
        return new EndpointCheck(
                effective.ingestion(), effective.lineFormat(applicationName, null), effective.usesGzip());
    }

    /** The configured name, or {@code otherwise}. */
    String nameOr(String otherwise) {
        return EffectiveOptions.orElse(getName(), otherwise);
    }

    @Override
    public boolean needsDefaultName() {
        return isEnabled() && EffectiveOptions.blankToNull(getName()) == null;
    }

    @Override
    public Map<String, String> problems() {
        return new OptionRules(this).problems();
    }
}
