package io.github.dropwizardlogdna;

import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.core.Appender;
import ch.qos.logback.core.Layout;
import ch.qos.logback.core.pattern.PatternLayoutBase;
import ch.qos.logback.core.spi.DeferredProcessingAware;
import com.fasterxml.jackson.annotation.JsonAnySetter;
import com.fasterxml.jackson.annotation.JsonFormat;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonTypeName;
import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import io.dropwizard.logging.common.AbstractAppenderFactory;
import io.dropwizard.logging.common.async.AsyncAppenderFactory;
import io.dropwizard.logging.common.filter.LevelFilterFactory;
import io.dropwizard.logging.common.filter.NullLevelFilterFactory;
import io.dropwizard.logging.common.layout.LayoutFactory;
import io.dropwizard.util.DataSize;
import io.dropwizard.util.DataSizeUnit;
import io.dropwizard.util.Duration;
import io.dropwizard.validation.MaxDataSize;
import io.dropwizard.validation.MinDataSize;
import io.dropwizard.validation.MinDuration;
import io.github.dropwizardlogdna.ingestion.HttpProxy;
import io.github.dropwizardlogdna.ingestion.IngestionSettings;
import io.github.dropwizardlogdna.ingestion.IngestionUri;
import io.github.dropwizardlogdna.ingestion.JerseyIngestionClient;
import io.github.dropwizardlogdna.line.LineFormat;
import io.github.dropwizardlogdna.line.OversizeLines;
import io.github.dropwizardlogdna.line.Redaction;
import io.github.dropwizardlogdna.shipping.BufferLimits;
import io.github.dropwizardlogdna.shipping.RetryPolicy;
import io.github.dropwizardlogdna.shipping.Shipper;
import io.github.dropwizardlogdna.shipping.ShippingSettings;
import io.github.dropwizardlogdna.shipping.SpoolSettings;
import io.github.dropwizardlogdna.shipping.TimeAndChance;
import jakarta.annotation.Nullable;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotNull;
import java.net.URI;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/**
 * {@code type: logdna}: builds an appender that ships to LogDNA (Mezmo).
 *
 * <p>An option that is empty counts as unset, so that each can come from an environment variable that may be empty.
 *
 * <table>
 * <caption>Configuration</caption>
 * <tr><th>Name</th><th>Default</th><th>Description</th></tr>
 * <tr><td>{@code ingestionKey}</td><td>the environment's {@code LOGDNA_INGESTION_KEY}, {@code MZ_INGESTION_KEY}</td>
 *     <td>The ingestion key; required. Can be set, and never be read again.</td></tr>
 * <tr><td>{@code name}</td><td>{@code logdna}, {@code logdna-request}</td>
 *     <td>The appender's name, in messages, states and the spool; numbered if it is taken, except with a spool.</td></tr>
 * <tr><td>{@code enabled}</td><td>true</td><td>{@code false} ships nothing, needs no key, starts no thread.</td></tr>
 * <tr><td>{@code endpoint}</td>
 *     <td>the environment's {@code LOGDNA_URL}, {@code https://logs.logdna.com/logs/ingest}</td>
 *     <td>Absolute http or https URL; without a path, {@code /logs/ingest} is added.</td></tr>
 * <tr><td>{@code hostname}</td><td>the environment's {@code LOGDNA_HOSTNAME}, the machine's name</td>
 *     <td>At most 256 characters.</td></tr>
 * <tr><td>{@code app}</td><td>the application's name</td><td>At most 512 characters.</td></tr>
 * <tr><td>{@code env}, {@code ip}, {@code mac}</td><td>none</td><td>Left out when unset.</td></tr>
 * <tr><td>{@code tags}</td><td>the environment's {@code LOGDNA_TAGS}, {@code MZ_TAGS}</td>
 *     <td>A list, or one comma-separated string; a tag has at most 80 characters.</td></tr>
 * <tr><td>{@code meta}</td><td>none</td><td>Fixed fields for the {@code meta} of every line.</td></tr>
 * <tr><td>{@code indexMeta}</td><td>true</td>
 *     <td>{@code meta} as a JSON object, which is searchable, or as a string, which is only shown.</td></tr>
 * <tr><td>{@code includesMdcKeys}, {@code excludesMdcKeys}</td><td>all, none</td>
 *     <td>Which MDC entries become {@code meta}; excluding wins.</td></tr>
 * <tr><td>{@code redact}</td><td>none</td>
 *     <td>Regular expressions of RE2. Each match in the line (stack trace included) and in the values of {@code meta}
 *     becomes {@code [REDACTED]}; fixed {@code meta} and the names of fields excepted. A list, or one string.</td></tr>
 * <tr><td>{@code oversizeLines}</td><td>{@code split}</td>
 *     <td>A line over the server's 16 KB is {@code split} into numbered parts, or cut ({@code truncate}).</td></tr>
 * <tr><td>{@code parseJson}</td><td>true with a {@code layout}, else false</td>
 *     <td>{@code false} keeps the server from parsing a line that ends in <code>}</code>.</td></tr>
 * <tr><td>{@code bufferSize}</td><td>a sixteenth of the largest heap, at most 32MiB</td>
 *     <td>All bytes held in memory for lines not yet delivered; at least twice {@code batchSize}.</td></tr>
 * <tr><td>{@code queueSize}</td><td>65536</td>
 *     <td>The most lines between the logging threads and the batcher; raised to 8192 where it is less.</td></tr>
 * <tr><td>{@code neverBlock}</td><td>true</td>
 *     <td>When the buffer is full: drop and count, or ({@code false}) make the logging thread wait.</td></tr>
 * <tr><td>{@code discardingThreshold}</td><td>-1</td>
 *     <td>Free lines of {@code queueSize}, and the same share of {@code bufferSize}, below which lines under WARN are
 *     dropped. -1: a fifth, or none with {@code neverBlock: false}; 0: none.</td></tr>
 * <tr><td>{@code batchSize}</td><td>2MiB</td><td>Uncompressed bytes that close a batch; 1 KiB to 9 MiB.</td></tr>
 * <tr><td>{@code flushInterval}</td><td>1s</td><td>Age of the oldest line that closes a batch.</td></tr>
 * <tr><td>{@code compression}</td><td>{@code gzip}</td><td>Or {@code none}.</td></tr>
 * <tr><td>{@code connectionTimeout}, {@code timeout}</td><td>5s, 30s</td>
 *     <td>To connect; from the first byte sent to the last byte read.</td></tr>
 * <tr><td>{@code minRetryDelay}, {@code maxRetryDelay}</td><td>500ms, 30s</td>
 *     <td>Exponential backoff between them, with full jitter; {@code Retry-After} wins, up to 5 minutes.</td></tr>
 * <tr><td>{@code shutdownTimeout}</td><td>5s</td>
 *     <td>The most time that an ending waits for lines, summed over all appenders and waits.</td></tr>
 * <tr><td>{@code proxy}</td><td>the JVM's</td>
 *     <td>{@code http://user:password@host:port}, percent-encoded. Can be set, and never be read again.</td></tr>
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
@ValidLogDnaOptions
public class LogDnaAppenderFactory<E extends DeferredProcessingAware> extends AbstractAppenderFactory<E> {

    private static final int DEFAULT_QUEUE_SIZE = 65_536;
    private static final int SMALLEST_QUEUE_SIZE = 8_192;
    private static final int LONGEST_HOSTNAME = 256;
    private static final int LONGEST_APP = 512;
    private static final int LONGEST_TAG = 80;
    private static final int LARGEST_META = 8_192;
    private static final String DEFAULT_ENDPOINT = "https://logs.logdna.com/logs/ingest";

    @Nullable
    @JsonProperty(access = JsonProperty.Access.WRITE_ONLY)
    private String ingestionKey;

    @Nullable
    @JsonProperty
    private String name;

    @JsonProperty
    private boolean enabled = true;

    @Nullable
    private String endpoint;

    @Nullable
    @JsonProperty
    private String hostname;

    @Nullable
    @JsonProperty
    private String app;

    @Nullable
    @JsonProperty
    private String env;

    @Nullable
    @JsonProperty
    private String ip;

    @Nullable
    @JsonProperty
    private String mac;

    @NotNull
    @JsonProperty
    @JsonFormat(with = JsonFormat.Feature.ACCEPT_SINGLE_VALUE_AS_ARRAY)
    private List<@NotNull String> tags = List.of();

    @NotNull
    @JsonProperty
    private Map<String, Object> meta = Map.of();

    @JsonProperty
    private boolean indexMeta = true;

    @NotNull
    @JsonProperty
    private Set<@NotNull String> includesMdcKeys = Set.of();

    @NotNull
    @JsonProperty
    private Set<@NotNull String> excludesMdcKeys = Set.of();

    @JsonProperty(access = JsonProperty.Access.WRITE_ONLY) // patterns may hold what they are to hide
    @JsonFormat(with = JsonFormat.Feature.ACCEPT_SINGLE_VALUE_AS_ARRAY)
    private List<@NotNull String> redact = List.of();

    @NotNull
    @JsonProperty
    private String oversizeLines = "split";

    @Nullable
    @JsonProperty
    private Boolean parseJson;

    @Nullable
    @JsonProperty
    private DataSize bufferSize;

    @NotNull
    @MinDataSize(value = 1, unit = DataSizeUnit.KIBIBYTES)
    @MaxDataSize(value = 9, unit = DataSizeUnit.MEBIBYTES)
    @JsonProperty
    private DataSize batchSize = DataSize.mebibytes(2);

    @NotNull
    @MinDuration(value = 0, unit = TimeUnit.MILLISECONDS, inclusive = false)
    @JsonProperty
    private Duration flushInterval = Duration.seconds(1);

    @JsonProperty
    private String compression = "gzip";

    @NotNull
    @MinDuration(value = 0, unit = TimeUnit.MILLISECONDS, inclusive = false)
    @JsonProperty
    private Duration connectionTimeout = Duration.seconds(5);

    @NotNull
    @MinDuration(value = 0, unit = TimeUnit.MILLISECONDS, inclusive = false)
    @JsonProperty
    private Duration timeout = Duration.seconds(30);

    @NotNull
    @MinDuration(value = 0, unit = TimeUnit.MILLISECONDS, inclusive = false)
    @JsonProperty
    private Duration minRetryDelay = Duration.milliseconds(500);

    @NotNull
    @MinDuration(value = 0, unit = TimeUnit.MILLISECONDS, inclusive = false)
    @JsonProperty
    private Duration maxRetryDelay = Duration.seconds(30);

    @NotNull
    @MinDuration(value = 0, unit = TimeUnit.MILLISECONDS, inclusive = false)
    @JsonProperty
    private Duration shutdownTimeout = Duration.seconds(5);

    @Nullable
    @JsonProperty(access = JsonProperty.Access.WRITE_ONLY)
    private String proxy;

    @NotNull
    @JsonProperty
    private TlsOptions tls = new TlsOptions();

    @Nullable
    @Valid
    @JsonProperty
    private SpoolOptions spool;

    /** Not Dropwizard's own field, which can't be read. */
    private boolean neverBlock = true;

    private String thresholdAsWritten = "ALL";

    private EnvironmentDefaults environment = new EnvironmentDefaults(System::getenv);

    /** Names only: the value of a mistyped {@code ingestionKey} is a key. */
    private final Set<String> unknownOptions = new LinkedHashSet<>();

    /** With the defaults of the table above. */
    @SuppressWarnings("this-escape") // a setter of the superclass that only sets
    public LogDnaAppenderFactory() {
        super.setQueueSize(DEFAULT_QUEUE_SIZE);
    }

    /** Takes the values of options that are not set from these variables, in place of the process's. */
    void readEnvironmentFrom(UnaryOperator<String> variables) {
        environment = new EnvironmentDefaults(variables);
    }

    @JsonProperty
    public void setEndpoint(@Nullable String endpoint) {
        this.endpoint = endpoint;
    }

    /** Without the query, which may hold a key. */
    @JsonProperty
    public String getEndpoint() {
        return endpoint().split("\\?", 2)[0];
    }

    /** Dropwizard has the setter alone. */
    @JsonProperty
    public boolean isNeverBlock() {
        return neverBlock;
    }

    @Override
    public void setNeverBlock(boolean neverBlock) {
        this.neverBlock = neverBlock;
    }

    /** Dropwizard would take INFO for an unknown level. */
    @Override
    public void setThreshold(String threshold) {
        super.setThreshold(threshold);
        thresholdAsWritten = threshold == null ? "" : threshold;
    }

    @JsonAnySetter
    void setUnknown(String option, @Nullable Object value) {
        unknownOptions.add(option);
    }

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
        if (!enabled) {
            return disabled(context);
        }
        // Dropwizard gives a filter that lets all pass to the appenders of both kinds of request log.
        boolean requestLog = levelFilterFactory instanceof NullLevelFilterFactory;
        ApplicationAppenders siblings = ApplicationAppenders.of(context);
        String appenderName = uniqueName(siblings, requestLog ? "logdna-request" : "logdna", declared);
        SelfTest.run(appenderName, context);
        URI uri = URI.create(endpoint());
        String shownUri = IngestionUri.withoutQuery(uri);
        Reporter reporter =
                new Reporter(appenderName, shownUri, siblings.metrics(), System::nanoTime, siblings::whenShown);
        String effectiveApp = orElse(app, applicationName);
        boolean usesPattern = logFormat != null && !logFormat.isEmpty();
        boolean usesLayout = layout != null || usesPattern || requestLog;
        Layout<E> lineLayout = usesLayout ? buildLayout(context, layoutFactory) : null;
        if (usesPattern && lineLayout instanceof PatternLayoutBase && !lineLayout.isStarted()) {
            throw OptionsCheck.error("logFormat is not a pattern that Logback can parse"); // its lines would be empty
        }
        EncoderPool<E> encoders = new EncoderPool<>(lineFormat(effectiveApp, lineLayout));
        IngestionSettings ingestionSettings = ingestionSettings(uri);
        Shipper shipper = new Shipper(
                appenderName,
                shippingSettings(spool == null ? null : spool.settings(appenderName, ingestionSettings::origin)),
                new JerseyIngestionClient(ingestionSettings),
                new Notices(lineFormat(effectiveApp, null)),
                reporter,
                TimeAndChance.real());
        LogDnaAppender<E> appender =
                new LogDnaAppender<>(encoders, shipper, reporter, rate(), asJava(shutdownTimeout), siblings);
        appender.setContext(context);
        appender.setName(appenderName);
        appender.addFilter(levelFilterFactory.build(threshold));
        getFilterFactories().forEach(filter -> appender.addFilter(filter.build()));
        appender.start();
        siblings.reserve(appenderName, bufferBytes());
        siblings.describe(describe(appenderName, shownUri, effectiveApp));
        return appender;
    }

    /** A spool is found again by the name of its appender, so this must not depend on other appenders. */
    private String uniqueName(ApplicationAppenders siblings, String usualName, boolean declared) {
        String wanted = nameOr(usualName);
        boolean reserved = !declared && needsDefaultName() && DeclaredAppenders.needDefaultName();
        String unique = siblings.nameFor(wanted, reserved);
        if (spool != null && !unique.equals(wanted)) {
            throw OptionsCheck.error(
                    "name must be set to one of its own: with a spool the name says which lines on disk"
                            + " belong to this appender, and " + wanted + " is the name of another appender");
        }
        return unique;
    }

    /** Whether it ships, without a name from the configuration. */
    boolean needsDefaultName() {
        return enabled && blankToNull(name) == null;
    }

    private Appender<E> disabled(LoggerContext context) {
        DisabledAppender<E> appender = new DisabledAppender<>();
        appender.setContext(context);
        appender.setName(nameOr("logdna") + "-disabled");
        appender.start();
        ApplicationAppenders.of(context).describe(Message.DISABLED.with(nameOr("logdna")));
        return appender;
    }

    /** Whether it ships anything. */
    boolean ships() {
        return enabled;
    }

    /** The name that was configured. */
    String nameOr(String otherwise) {
        return orElse(name, otherwise);
    }

    /**
     * What tries the way to the endpoint, as configured for the appender, without an appender.
     *
     * @throws IllegalArgumentException as {@link #build} does
     */
    EndpointCheck check(String applicationName) {
        OptionsCheck.orThrow(this);
        return new EndpointCheck(
                ingestionSettings(URI.create(endpoint())), lineFormat(orElse(app, applicationName), null), usesGzip());
    }

    /** The configured directory of the spool, if there is one. */
    Optional<Path> spoolDirectory() {
        return Optional.ofNullable(spool).map(SpoolOptions::path);
    }

    private <T extends DeferredProcessingAware> LineFormat<T> lineFormat(
            String effectiveApp, @Nullable Layout<T> lineLayout) {
        return new LineFormat<>(
                effectiveApp,
                blankToNull(env),
                meta,
                indexMeta,
                includesMdcKeys,
                excludesMdcKeys,
                OversizeLines.valueOf(oversizeLines.toUpperCase(Locale.ROOT)),
                parseJson == null ? layout != null : parseJson,
                isIncludeCallerData(),
                Redaction.of(redact),
                lineLayout);
    }

    private ShippingSettings shippingSettings(@Nullable SpoolSettings spoolSettings) {
        int lines = effectiveQueueSize();
        long bytes = bufferBytes();
        long linesKeptFree = linesKeptFree(lines);
        BufferLimits limits = new BufferLimits(lines, bytes, linesKeptFree, bytes * linesKeptFree / lines);
        return new ShippingSettings(
                limits,
                !neverBlock,
                (int) batchSize.toBytes(),
                asJava(flushInterval),
                usesGzip(),
                new RetryPolicy(asJava(minRetryDelay), asJava(maxRetryDelay)),
                spoolSettings);
    }

    private long bufferBytes() {
        return bufferSize == null
                ? HeapShare.defaultBufferSize(Runtime.getRuntime().maxMemory(), batchSize.toBytes())
                : bufferSize.toBytes();
    }

    private boolean usesGzip() {
        return compression.equalsIgnoreCase("gzip");
    }

    private long linesKeptFree(int lines) {
        if (getDiscardingThreshold() >= 0) {
            return getDiscardingThreshold();
        }
        return neverBlock ? lines / 5 : 0;
    }

    private int effectiveQueueSize() {
        return Math.max(SMALLEST_QUEUE_SIZE, getQueueSize());
    }

    private IngestionSettings ingestionSettings(URI uri) {
        String configured = environment.orDefault("hostname", hostname);
        Supplier<String> host = configured == null ? HostName.ofThisMachine() : () -> configured;
        return new IngestionSettings(
                uri,
                orElse(environment.orDefault("ingestionKey", ingestionKey), ""),
                host,
                blankToNull(ip),
                blankToNull(mac),
                tags(),
                asJava(connectionTimeout),
                asJava(timeout),
                proxy(),
                tls.context());
    }

    @Nullable
    private HttpProxy proxy() {
        String configured = blankToNull(proxy);
        return configured == null ? null : HttpProxy.parse(configured);
    }

    @Nullable
    private MessageRate rate() {
        Duration interval = getMessageRate();
        return interval == null ? null : new MessageRate(interval.toNanoseconds(), System::nanoTime);
    }

    private String describe(String appenderName, String shownUri, String effectiveApp) {
        String raised = getQueueSize() < SMALLEST_QUEUE_SIZE
                ? " (queueSize was raised from " + getQueueSize() + " to " + SMALLEST_QUEUE_SIZE + " lines)"
                : "";
        return Message.STARTED.with(
                appenderName,
                shownUri,
                effectiveApp,
                (bufferSize == null ? HeapShare.inMebibytes(bufferBytes()) : bufferSize) + raised,
                spool == null ? "none" : spool,
                environment.inWords(),
                Versions.inShort());
    }

    /**
     * What is wrong beyond the constraints of single fields: for each option what is allowed and, where it isn't
     * obvious, what to do. Never a secret's value.
     */
    Map<String, String> problems() {
        OptionProblems problems = new OptionProblems(environment);
        problems.unknown(unknownOptions, getClass());
        if (enabled) {
            problems.ingestionKey(blankToNull(ingestionKey));
        }
        problems.endpoint(endpoint(), DEFAULT_ENDPOINT);
        problems.longest("hostname", environment.orDefault("hostname", hostname), LONGEST_HOSTNAME);
        problems.longest("app", app, LONGEST_APP);
        problems.ip(blankToNull(ip));
        problems.mac(blankToNull(mac));
        problems.tags(tags == null ? List.of() : tags(), LONGEST_TAG);
        problems.longest("meta", meta == null ? null : meta.toString(), LARGEST_META);
        problems.choice("oversizeLines", oversizeLines, List.of("split", "truncate"));
        problems.choice("compression", compression, List.of("gzip", "none"));
        problems.level("threshold", thresholdAsWritten);
        problems.patterns("redact", redact);
        checkSizes(problems);
        checkProxy(problems);
        if (tls != null) {
            checkTls(problems);
        }
        if (spool != null) {
            problems.addAll("spool", spool.problems(enabled));
        }
        problems.blameEnvironment();
        return problems.found();
    }

    private void checkSizes(OptionProblems problems) {
        if (bufferSize != null && batchSize != null) {
            problems.unless(
                    bufferSize.toBytes() >= 2 * batchSize.toBytes(),
                    "bufferSize",
                    "must be at least twice batchSize (2 x " + batchSize + ")");
        }
        if (minRetryDelay != null && maxRetryDelay != null) {
            problems.unless(
                    minRetryDelay.toNanoseconds() <= maxRetryDelay.toNanoseconds(),
                    "minRetryDelay",
                    "must be at most maxRetryDelay (" + maxRetryDelay + ")");
        }
        problems.unless(
                getDiscardingThreshold() >= -1 && getDiscardingThreshold() <= effectiveQueueSize(),
                "discardingThreshold",
                "must be between -1 and queueSize (" + effectiveQueueSize() + ")");
    }

    private void checkProxy(OptionProblems problems) {
        try {
            proxy();
        } catch (IllegalArgumentException e) {
            problems.add("proxy", String.valueOf(e.getMessage()));
        }
    }

    private void checkTls(OptionProblems problems) {
        problems.addAll("tls", tls.unknownOptions());
        if (enabled) {
            problems.addAll("tls", tls.problems());
            problems.unless(
                    isSecure() || !tls.areSet(),
                    "tls",
                    "would protect nothing: endpoint is an http URL; make it https, or remove tls");
        }
    }

    private boolean isSecure() {
        return endpoint().toLowerCase(Locale.ROOT).startsWith("https:");
    }

    private String endpoint() {
        return orElse(environment.orDefault("endpoint", endpoint), DEFAULT_ENDPOINT)
                .strip();
    }

    private List<String> tags() {
        List<String> given = tags.isEmpty()
                ? Stream.ofNullable(environment.orDefault("tags", null)).toList()
                : tags;
        return given.stream()
                .filter(Objects::nonNull) // refused, but not before this has been asked
                .flatMap(tag -> Stream.of(tag.split(",", -1)))
                .map(String::strip)
                .filter(tag -> !tag.isEmpty())
                .toList();
    }

    private static java.time.Duration asJava(Duration duration) {
        return java.time.Duration.ofNanos(duration.toNanoseconds());
    }

    @Nullable
    private static String blankToNull(@Nullable String text) {
        return text == null || text.isBlank() ? null : text;
    }

    private static String orElse(@Nullable String text, String otherwise) {
        return text == null || text.isBlank() ? otherwise : text;
    }

    @Override
    public String toString() {
        return "LogDnaAppenderFactory{enabled=" + enabled + ", ingestionKey=(not shown)}";
    }
}
