package io.github.dropwizardlogdna;

import ch.qos.logback.core.spi.DeferredProcessingAware;
import com.fasterxml.jackson.annotation.JsonAnySetter;
import com.fasterxml.jackson.annotation.JsonFormat;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.dropwizard.logging.common.AbstractAppenderFactory;
import io.dropwizard.util.DataSize;
import io.dropwizard.util.DataSizeUnit;
import io.dropwizard.util.Duration;
import io.dropwizard.validation.MaxDataSize;
import io.dropwizard.validation.MinDataSize;
import io.dropwizard.validation.MinDuration;
import io.github.dropwizardlogdna.config.EnvironmentDefaults;
import io.github.dropwizardlogdna.shipping.ShippingSettings;
import jakarta.annotation.Nullable;
import jakarta.validation.Valid;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;

/** The options of {@code type: logdna}; {@link LogDnaAppenderFactory} documents them. Secrets have no public getter. */
public abstract class LogDnaOptions<E extends DeferredProcessingAware> extends AbstractAppenderFactory<E> {

    static final String DEFAULT_ENDPOINT = "https://logs.logdna.com/logs/ingest";

    private static final int DEFAULT_QUEUE_SIZE = 65_536;

    @Nullable
    private String ingestionKey;

    @Nullable
    private String name;

    private boolean enabled = true;

    @Nullable
    private String endpoint;

    @Nullable
    private String hostname;

    @Nullable
    private String app;

    @Nullable
    private String env;

    @Nullable
    private String ip;

    @Nullable
    private String mac;

    @NotNull
    private List<@NotNull String> tags = List.of();

    @NotNull
    private Map<String, Object> meta = Map.of();

    private boolean indexMeta = true;

    @NotNull
    private Set<@NotNull String> includesMdcKeys = Set.of();

    @NotNull
    private Set<@NotNull String> excludesMdcKeys = Set.of();

    @NotNull
    private List<@NotNull String> redact = List.of();

    private String oversizeLines = "split";

    @Nullable
    private Boolean parseJson;

    @Nullable
    private DataSize bufferSize;

    /** A field of our own, because Dropwizard's can only be written. */
    private boolean neverBlock = true;

    @NotNull
    @MinDataSize(value = 1, unit = DataSizeUnit.KIBIBYTES)
    @MaxDataSize(value = 9, unit = DataSizeUnit.MEBIBYTES)
    private DataSize batchSize = DataSize.mebibytes(2);

    private boolean batchSizeConfigured;

    @NotNull
    @MinDuration(value = 0, unit = TimeUnit.MILLISECONDS, inclusive = false)
    private Duration flushInterval = Duration.seconds(1);

    private String compression = "gzip";

    @NotNull
    @MinDuration(value = 0, unit = TimeUnit.MILLISECONDS, inclusive = false)
    private Duration connectionTimeout = Duration.seconds(5);

    @NotNull
    @MinDuration(value = 0, unit = TimeUnit.MILLISECONDS, inclusive = false)
    private Duration timeout = Duration.seconds(30);

    @NotNull
    @MinDuration(value = 0, unit = TimeUnit.MILLISECONDS, inclusive = false)
    private Duration minRetryDelay = Duration.milliseconds(500);

    @NotNull
    @MinDuration(value = 0, unit = TimeUnit.MILLISECONDS, inclusive = false)
    private Duration maxRetryDelay = Duration.seconds(30);

    @Min(1)
    @Max(ShippingSettings.MAX_CONCURRENT_REQUESTS)
    private int concurrentRequests = 1;

    @NotNull
    @MinDuration(value = 0, unit = TimeUnit.MILLISECONDS, inclusive = false)
    private Duration shutdownTimeout = Duration.seconds(5);

    @Nullable
    private String proxy;

    @NotNull
    private TlsOptions tls = new TlsOptions();

    @Nullable
    @Valid
    private SpoolOptions spool;

    private String thresholdAsWritten = "ALL";

    private String timeZoneAsWritten = "UTC";

    private EnvironmentDefaults environment = new EnvironmentDefaults(System::getenv);

    /** Names only, because the value of a mistyped {@code ingestionKey} is a key. */
    private final Set<String> unknownOptions = new LinkedHashSet<>();

    @SuppressWarnings("this-escape") // a setter of the superclass that only sets
    LogDnaOptions() {
        super.setQueueSize(DEFAULT_QUEUE_SIZE);
    }

    @JsonProperty(access = JsonProperty.Access.WRITE_ONLY)
    public void setIngestionKey(@Nullable String ingestionKey) {
        this.ingestionKey = ingestionKey;
    }

    @Nullable
    @JsonProperty
    public String getName() {
        return name;
    }

    @JsonProperty
    public void setName(@Nullable String name) {
        this.name = name;
    }

    @JsonProperty
    public boolean isEnabled() {
        return enabled;
    }

    @JsonProperty
    public void setEnabled(boolean enabled) {
        this.enabled = enabled;
    }

    /** The URL without its query, which may contain a key. */
    @JsonProperty
    public String getEndpoint() {
        return effectiveEndpoint().split("\\?", 2)[0];
    }

    @JsonProperty
    public void setEndpoint(@Nullable String endpoint) {
        this.endpoint = endpoint;
    }

    @Nullable
    @JsonProperty
    public String getHostname() {
        return hostname;
    }

    @JsonProperty
    public void setHostname(@Nullable String hostname) {
        this.hostname = hostname;
    }

    @Nullable
    @JsonProperty
    public String getApp() {
        return app;
    }

    @JsonProperty
    public void setApp(@Nullable String app) {
        this.app = app;
    }

    @Nullable
    @JsonProperty
    public String getEnv() {
        return env;
    }

    @JsonProperty
    public void setEnv(@Nullable String env) {
        this.env = env;
    }

    @Nullable
    @JsonProperty
    public String getIp() {
        return ip;
    }

    @JsonProperty
    public void setIp(@Nullable String ip) {
        this.ip = ip;
    }

    @Nullable
    @JsonProperty
    public String getMac() {
        return mac;
    }

    @JsonProperty
    public void setMac(@Nullable String mac) {
        this.mac = mac;
    }

    @JsonProperty
    public List<String> getTags() {
        return tags;
    }

    @JsonFormat(with = JsonFormat.Feature.ACCEPT_SINGLE_VALUE_AS_ARRAY)
    @JsonProperty
    public void setTags(List<String> tags) {
        this.tags = tags;
    }

    @JsonProperty
    public Map<String, Object> getMeta() {
        return meta;
    }

    @JsonProperty
    public void setMeta(Map<String, Object> meta) {
        this.meta = meta;
    }

    @JsonProperty
    public boolean isIndexMeta() {
        return indexMeta;
    }

    @JsonProperty
    public void setIndexMeta(boolean indexMeta) {
        this.indexMeta = indexMeta;
    }

    @JsonProperty
    public Set<String> getIncludesMdcKeys() {
        return includesMdcKeys;
    }

    @JsonProperty
    public void setIncludesMdcKeys(Set<String> includesMdcKeys) {
        this.includesMdcKeys = includesMdcKeys;
    }

    @JsonProperty
    public Set<String> getExcludesMdcKeys() {
        return excludesMdcKeys;
    }

    @JsonProperty
    public void setExcludesMdcKeys(Set<String> excludesMdcKeys) {
        this.excludesMdcKeys = excludesMdcKeys;
    }

    @JsonFormat(with = JsonFormat.Feature.ACCEPT_SINGLE_VALUE_AS_ARRAY)
    @JsonProperty(access = JsonProperty.Access.WRITE_ONLY) // a pattern may contain what it hides
    public void setRedact(List<String> redact) {
        this.redact = redact;
    }

    @JsonProperty
    public String getOversizeLines() {
        return oversizeLines;
    }

    @JsonProperty
    public void setOversizeLines(String oversizeLines) {
        this.oversizeLines = oversizeLines;
    }

    @Nullable
    @JsonProperty
    public Boolean getParseJson() {
        return parseJson;
    }

    @JsonProperty
    public void setParseJson(@Nullable Boolean parseJson) {
        this.parseJson = parseJson;
    }

    @Nullable
    @JsonProperty
    public DataSize getBufferSize() {
        return bufferSize;
    }

    @JsonProperty
    public void setBufferSize(@Nullable DataSize bufferSize) {
        this.bufferSize = bufferSize;
    }

    @JsonProperty
    public boolean isNeverBlock() {
        return neverBlock;
    }

    @Override
    public void setNeverBlock(boolean neverBlock) {
        this.neverBlock = neverBlock;
    }

    @JsonProperty
    public DataSize getBatchSize() {
        return batchSize;
    }

    @JsonProperty
    public void setBatchSize(DataSize batchSize) {
        this.batchSize = batchSize;
        this.batchSizeConfigured = true;
    }

    boolean isBatchSizeConfigured() {
        return batchSizeConfigured;
    }

    @JsonProperty
    public Duration getFlushInterval() {
        return flushInterval;
    }

    @JsonProperty
    public void setFlushInterval(Duration flushInterval) {
        this.flushInterval = flushInterval;
    }

    @JsonProperty
    public String getCompression() {
        return compression;
    }

    @JsonProperty
    public void setCompression(String compression) {
        this.compression = compression;
    }

    @JsonProperty
    public Duration getConnectionTimeout() {
        return connectionTimeout;
    }

    @JsonProperty
    public void setConnectionTimeout(Duration connectionTimeout) {
        this.connectionTimeout = connectionTimeout;
    }

    @JsonProperty
    public Duration getTimeout() {
        return timeout;
    }

    @JsonProperty
    public void setTimeout(Duration timeout) {
        this.timeout = timeout;
    }

    @JsonProperty
    public Duration getMinRetryDelay() {
        return minRetryDelay;
    }

    @JsonProperty
    public void setMinRetryDelay(Duration minRetryDelay) {
        this.minRetryDelay = minRetryDelay;
    }

    @JsonProperty
    public Duration getMaxRetryDelay() {
        return maxRetryDelay;
    }

    @JsonProperty
    public void setMaxRetryDelay(Duration maxRetryDelay) {
        this.maxRetryDelay = maxRetryDelay;
    }

    @JsonProperty
    public int getConcurrentRequests() {
        return concurrentRequests;
    }

    @JsonProperty
    public void setConcurrentRequests(int concurrentRequests) {
        this.concurrentRequests = concurrentRequests;
    }

    @JsonProperty
    public Duration getShutdownTimeout() {
        return shutdownTimeout;
    }

    @JsonProperty
    public void setShutdownTimeout(Duration shutdownTimeout) {
        this.shutdownTimeout = shutdownTimeout;
    }

    @JsonProperty(access = JsonProperty.Access.WRITE_ONLY)
    public void setProxy(@Nullable String proxy) {
        this.proxy = proxy;
    }

    @JsonProperty
    public TlsOptions getTls() {
        return tls;
    }

    @JsonProperty
    public void setTls(TlsOptions tls) {
        this.tls = tls;
    }

    @Nullable
    @JsonProperty
    public SpoolOptions getSpool() {
        return spool;
    }

    @JsonProperty
    public void setSpool(@Nullable SpoolOptions spool) {
        this.spool = spool;
    }

    /** Keeps the text as well, because Dropwizard reads an unknown level as INFO. */
    @Override
    public void setThreshold(String threshold) {
        super.setThreshold(threshold);
        thresholdAsWritten = threshold == null ? "" : threshold;
    }

    /** Keeps the text as well, because Java reads an unknown zone as GMT. */
    @Override
    public void setTimeZone(String zoneId) {
        super.setTimeZone(zoneId == null ? null : zoneId.strip());
        timeZoneAsWritten = zoneId == null ? "" : zoneId;
    }

    @JsonAnySetter
    void setUnknown(String option, @Nullable Object value) {
        unknownOptions.add(option);
    }

    /** Reads the defaults of options from these variables instead of the environment of the process. */
    void readEnvironmentFrom(UnaryOperator<String> variables) {
        environment = new EnvironmentDefaults(variables);
    }

    EnvironmentDefaults environment() {
        return environment;
    }

    @Nullable
    String ingestionKey() {
        return ingestionKey;
    }

    /** The URL with its default applied, valid or not. */
    String effectiveEndpoint() {
        String url = environment.orDefault("endpoint", endpoint);
        return url == null ? DEFAULT_ENDPOINT : url.strip();
    }

    @Nullable
    String proxy() {
        return proxy;
    }

    List<String> redact() {
        return redact;
    }

    String thresholdAsWritten() {
        return thresholdAsWritten;
    }

    String timeZoneAsWritten() {
        return timeZoneAsWritten;
    }

    Set<String> unknownOptions() {
        return unknownOptions;
    }

    @Override
    public String toString() {
        return getClass().getSimpleName() + "{enabled=" + enabled + ", ingestionKey=(not shown)}";
    }
}
