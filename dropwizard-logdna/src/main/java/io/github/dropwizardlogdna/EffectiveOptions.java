package io.github.dropwizardlogdna;

import ch.qos.logback.core.Layout;
import ch.qos.logback.core.spi.DeferredProcessingAware;
import io.dropwizard.util.DataSize;
import io.dropwizard.util.Duration;
import io.github.dropwizardlogdna.appender.HeapShare;
import io.github.dropwizardlogdna.config.EnvironmentDefaults;
import io.github.dropwizardlogdna.config.HostName;
import io.github.dropwizardlogdna.ingestion.HttpProxy;
import io.github.dropwizardlogdna.ingestion.IngestionSettings;
import io.github.dropwizardlogdna.line.LineFormat;
import io.github.dropwizardlogdna.line.OversizeLines;
import io.github.dropwizardlogdna.line.Redaction;
import io.github.dropwizardlogdna.shipping.BufferLimits;
import io.github.dropwizardlogdna.shipping.RetryPolicy;
import io.github.dropwizardlogdna.shipping.ShippingSettings;
import io.github.dropwizardlogdna.shipping.SpoolSettings;
import jakarta.annotation.Nullable;
import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The options with all defaults applied, as settings of the packages below. Valid options only, unless noted. */
final class EffectiveOptions {

    private static final int SMALLEST_QUEUE_SIZE = 8_192;
    /** LogDNA takes 10 MB, before compression; the largest {@code batchSize}, too. */
    private static final long LARGEST_BATCH = DataSize.mebibytes(9).toBytes();

    private final LogDnaOptions<?> options;
    private final EnvironmentDefaults environment;

    EffectiveOptions(LogDnaOptions<?> options) {
        this.options = options;
        this.environment = options.environment();
    }

    /** The key; blank if there is none. */
    String ingestionKey() {
        return orElse(environment.orDefault("ingestionKey", options.ingestionKey()), "");
    }

    /** The configured name of the host; null if there is none. */
    @Nullable
    String hostname() {
        return environment.orDefault("hostname", options.getHostname());
    }

    /** The tags, also of invalid options. */
    List<String> tags() {
        List<String> configured = options.getTags();
        Stream<String> given = configured == null || configured.isEmpty()
                ? Stream.ofNullable(environment.orDefault("tags", null))
                : configured.stream().filter(Objects::nonNull); // a constraint of the field refuses null
        return given.flatMap(tag -> Stream.of(tag.split(",", -1)))
                .map(String::strip)
                .filter(tag -> !tag.isEmpty())
                .toList();
    }

    /** The proxy; null for the one of the JVM. */
    @Nullable
    HttpProxy proxy() {
        String configured = blankToNull(options.proxy());
        return configured == null ? null : HttpProxy.parse(configured);
    }

    boolean usesGzip() {
        return options.getCompression().equalsIgnoreCase("gzip");
    }

    boolean usesPattern() {
        return options.getLogFormat() != null && !options.getLogFormat().isEmpty();
    }

    int queueSize() {
        return Math.max(SMALLEST_QUEUE_SIZE, options.getQueueSize());
    }

    long bufferBytes() {
        if (options.getBufferSize() != null) {
            return options.getBufferSize().toBytes();
        }
        long batch = options.getBatchSize().toBytes();
        long usual = HeapShare.defaultBufferSize(Runtime.getRuntime().maxMemory(), batch);
        return Math.max(usual, (options.getConcurrentRequests() + 1) * batch);
    }

    /** The size in bytes to which a batch may grow while others wait; never above a configured {@code batchSize}. */
    private long largestBatch(long bufferBytes) {
        long usual = options.getBatchSize().toBytes();
        return options.isBatchSizeConfigured() ? usual : Math.max(usual, Math.min(LARGEST_BATCH, bufferBytes / 4));
    }

    /** The size of the buffer, for a message. */
    String bufferInWords() {
        String size = options.getBufferSize() == null
                ? HeapShare.inMebibytes(bufferBytes())
                : options.getBufferSize().toString();
        return options.getQueueSize() < SMALLEST_QUEUE_SIZE
                ? size + " (queueSize was raised from " + options.getQueueSize() + " to " + SMALLEST_QUEUE_SIZE
                        + " lines)"
                : size;
    }

    private long reservedLines(int lines) {
        if (options.getDiscardingThreshold() >= 0) {
            return options.getDiscardingThreshold();
        }
        return options.isNeverBlock() ? lines / 5 : 0;
    }

    IngestionSettings ingestion() {
        String configured = hostname();
        Supplier<String> host = configured == null ? HostName.ofThisMachine() : () -> configured;
        return new IngestionSettings(
                URI.create(options.effectiveEndpoint()),
                ingestionKey(),
                host,
                blankToNull(options.getIp()),
                blankToNull(options.getMac()),
                tags(),
                asJava(options.getConnectionTimeout()),
                asJava(options.getTimeout()),
                proxy(),
                options.getTls().context());
    }

    ShippingSettings shipping(@Nullable SpoolSettings spool) {
        int lines = queueSize();
        long bytes = bufferBytes();
        long reservedLines = reservedLines(lines);
        return new ShippingSettings(
                new BufferLimits(lines, bytes, reservedLines, bytes * reservedLines / lines),
                !options.isNeverBlock(),
                (int) options.getBatchSize().toBytes(),
                (int) largestBatch(bytes),
                asJava(options.getFlushInterval()),
                usesGzip(),
                new RetryPolicy(asJava(options.getMinRetryDelay()), asJava(options.getMaxRetryDelay())),
                options.getConcurrentRequests(),
                spool);
    }

    /**
     * The format of the lines.
     *
     * @param layout formats the text of a line; null for the message and the stack trace
     */
    <T extends DeferredProcessingAware> LineFormat<T> lineFormat(String applicationName, @Nullable Layout<T> layout) {
        return new LineFormat<>(
                orElse(options.getApp(), applicationName),
                blankToNull(options.getEnv()),
                options.getMeta(),
                options.isIndexMeta(),
                nonBlank(options.getIncludesMdcKeys()),
                nonBlank(options.getExcludesMdcKeys()),
                OversizeLines.valueOf(options.getOversizeLines().toUpperCase(Locale.ROOT)),
                options.getParseJson() == null ? options.getLayout() != null : options.getParseJson(),
                options.isIncludeCallerData(),
                Redaction.of(options.redact()),
                layout);
    }

    static java.time.Duration asJava(Duration duration) {
        return java.time.Duration.ofNanos(duration.toNanoseconds());
    }

    /** Without elements that are blank, because a variable in their place is empty. */
    private static Set<String> nonBlank(Set<String> texts) {
        return texts.stream().filter(text -> !text.isBlank()).collect(Collectors.toUnmodifiableSet());
    }

    @Nullable
    static String blankToNull(@Nullable String text) {
        return text == null || text.isBlank() ? null : text;
    }

    static String orElse(@Nullable String text, String otherwise) {
        return text == null || text.isBlank() ? otherwise : text;
    }
}
