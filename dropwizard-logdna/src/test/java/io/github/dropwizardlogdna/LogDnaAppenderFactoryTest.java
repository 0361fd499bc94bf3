package io.github.dropwizardlogdna;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.access.common.spi.IAccessEvent;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.Appender;
import ch.qos.logback.core.AsyncAppenderBase;
import ch.qos.logback.core.spi.DeferredProcessingAware;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.introspect.BeanPropertyDefinition;
import io.dropwizard.core.Configuration;
import io.dropwizard.jackson.DiscoverableSubtypeResolver;
import io.dropwizard.jackson.Jackson;
import io.dropwizard.logging.common.AppenderFactory;
import io.dropwizard.logging.common.DefaultLoggingFactory;
import io.dropwizard.logging.common.async.AsyncLoggingEventAppenderFactory;
import io.dropwizard.logging.common.filter.NullLevelFilterFactory;
import io.dropwizard.logging.common.filter.ThresholdLevelFilterFactory;
import io.dropwizard.logging.common.layout.DropwizardLayoutFactory;
import io.dropwizard.request.logging.async.AsyncAccessEventAppenderFactory;
import io.dropwizard.request.logging.layout.LogbackAccessRequestLayoutFactory;
import io.dropwizard.util.DataSize;
import io.github.dropwizardlogdna.appender.ApplicationAppenders;
import io.github.dropwizardlogdna.testing.ConfigurationFile;
import java.beans.Introspector;
import java.lang.reflect.Method;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The factory as a bean, and which appender it builds. */
class LogDnaAppenderFactoryTest {

    private static final String KEY = "0123456789abcdef";
    private static final ObjectMapper MAPPER = Jackson.newObjectMapper();

    @TempDir
    Path directory;

    private final LoggerContext context = new LoggerContext();
    private final Set<Thread> before = shippingThreads();

    @AfterEach
    void stop() {
        ApplicationAppenders.of(context).stopAll();
        context.stop();
    }

    @Test
    void isDiscoverable() {
        assertThat(new DiscoverableSubtypeResolver().getDiscoveredSubtypes()).contains(LogDnaAppenderFactory.class);
    }

    @Test
    void isOfTypeLogdna() throws Exception {
        Configuration configuration = ConfigurationFile.read(ConfigurationFile.ofRoot("ingestionKey: " + KEY));

        assertThat(((DefaultLoggingFactory) configuration.getLoggingFactory()).getAppenders())
                .last()
                .isInstanceOf(LogDnaAppenderFactory.class);
    }

    @Test
    void hasTheDocumentedDefaults() throws Exception {
        Map<?, ?> defaults = MAPPER.convertValue(factory("ingestionKey: " + KEY), Map.class);

        assertThat(defaults).isEqualTo(MAPPER.readValue("""
                        {"type": "logdna", "name": null, "enabled": true,
                         "endpoint": "https://logs.logdna.com/logs/ingest",
                         "hostname": null, "app": null, "env": null, "ip": null, "mac": null, "tags": [],
                         "meta": {}, "indexMeta": true, "includesMdcKeys": [], "excludesMdcKeys": [],
                         "oversizeLines": "split", "parseJson": null,
                         "bufferSize": null, "queueSize": 65536, "discardingThreshold": -1, "neverBlock": true,
                         "batchSize": "2 mebibytes", "flushInterval": "1 second", "compression": "gzip",
                         "connectionTimeout": "5 seconds", "timeout": "30 seconds",
                         "minRetryDelay": "500 milliseconds", "maxRetryDelay": "30 seconds", "concurrentRequests": 1,
                         "shutdownTimeout": "5 seconds", "spool": null,
                         "tls": {"trustStorePath": null, "keyStorePath": null},
                         "threshold": "TRACE", "logFormat": null, "layout": null, "timeZone": "UTC",
                         "includeCallerData": false, "messageRate": null, "filterFactories": []}""", Map.class));
    }

    @Test
    void canBeConfiguredInJava() throws Exception {
        LogDnaAppenderFactory<ILoggingEvent> factory = new LogDnaAppenderFactory<>();
        factory.setIngestionKey(KEY);
        factory.setName("audit");
        factory.setEndpoint("http://localhost:1/logs/ingest");
        factory.setTags(List.of("blue"));
        factory.setBatchSize(DataSize.mebibytes(1));
        SpoolOptions spool = new SpoolOptions();
        spool.setDirectory(directory.toString());
        factory.setSpool(spool);

        Appender<ILoggingEvent> appender = build(factory);

        assertThat(appender.getName()).isEqualTo("audit");
        await().untilAsserted(() -> assertThat(directory.resolve("audit")).isDirectory()); // by the batcher
    }

    @Test
    void hasASetterForEachOption() {
        Stream.of(LogDnaAppenderFactory.class, SpoolOptions.class, TlsOptions.class)
                .forEach(type ->
                        assertThat(optionsOf(type)).as(type.getSimpleName()).isSubsetOf(settersOf(type)));
    }

    private static List<String> optionsOf(Class<?> type) {
        return MAPPER.getDeserializationConfig().introspect(MAPPER.constructType(type)).findProperties().stream()
                .map(BeanPropertyDefinition::getName)
                .filter(option -> !option.equals("type"))
                .toList();
    }

    private static Set<String> settersOf(Class<?> type) {
        return Stream.of(type.getMethods())
                .map(Method::getName)
                .filter(name -> name.startsWith("set"))
                .map(name -> Introspector.decapitalize(name.substring(3)))
                .collect(Collectors.toSet());
    }

    @Test
    void neverShowsTheKey() throws Exception {
        LogDnaAppenderFactory<ILoggingEvent> factory = factory("ingestionKey: " + KEY);

        assertThat(factory.toString()).doesNotContain(KEY).contains("not shown");
        assertThat(MAPPER.writeValueAsString(factory)).doesNotContain(KEY).doesNotContain("ingestionKey");
        assertThat(Introspector.getBeanInfo(LogDnaAppenderFactory.class).getPropertyDescriptors())
                .noneMatch(
                        property -> property.getName().toLowerCase(Locale.ROOT).contains("key")
                                && property.getReadMethod() != null
                                && property.getPropertyType() == String.class);
    }

    @Test
    void neverShowsTheKeyInAConfiguration() throws Exception {
        Configuration configuration = ConfigurationFile.read(ConfigurationFile.ofRoot("ingestionKey: " + KEY));

        assertThat(configuration.toString()).contains("LogDnaAppenderFactory").doesNotContain(KEY);
        assertThat(MAPPER.writeValueAsString(configuration))
                .contains("\"logdna\"")
                .doesNotContain(KEY);
    }

    @Test
    void buildsAnAppenderThatDropwizardWaitsForAtShutdown() throws Exception {
        Appender<ILoggingEvent> appender = build("ingestionKey: " + KEY);

        assertThat(appender).isInstanceOf(AsyncAppenderBase.class);
        assertThat(appender.isStarted()).isTrue();
        assertThat(appender.getName()).isEqualTo("logdna");
        assertThat(appender.getContext()).isSameAs(context);
        assertThat(shippingThreadNames()).containsExactlyInAnyOrder("logdna-batcher-logdna", "logdna-sender-logdna");
    }

    @Test
    void startsNoThreadAndNeedsNoKeyIfDisabled() throws Exception {
        Appender<ILoggingEvent> appender = build("enabled: false");

        assertThat(appender.isStarted()).isTrue();
        assertThat(appender).isNotInstanceOf(AsyncAppenderBase.class);
        assertThat(shippingThreadNames()).isEmpty();
        assertThat(ApplicationAppenders.of(context).isStopped()).isTrue();
    }

    @Test
    void numbersNamesThatAreTaken() throws Exception {
        String key = "ingestionKey: " + KEY;

        assertThat(Stream.of(build(key), build(key), buildForRequests(key), buildForRequests(key), build(key)))
                .extracting(Appender::getName)
                .containsExactly("logdna", "logdna-2", "logdna-request", "logdna-request-2", "logdna-3");
    }

    @Test
    void usesTheConfiguredName() throws Exception {
        String audit = "ingestionKey: " + KEY + "\nname: audit";

        assertThat(Stream.of(build(audit), build(audit), buildForRequests(audit)))
                .extracting(Appender::getName)
                .containsExactly("audit", "audit-2", "audit-3");
    }

    @Test
    void numbersNamesForEachApplication() throws Exception {
        build("ingestionKey: " + KEY);
        context.reset();

        assertThat(build("ingestionKey: " + KEY).getName()).isEqualTo("logdna");
    }

    private Appender<ILoggingEvent> build(String options) throws Exception {
        return build(factory(options));
    }

    private Appender<ILoggingEvent> build(LogDnaAppenderFactory<ILoggingEvent> factory) {
        return factory.build(
                context,
                "orders",
                new DropwizardLayoutFactory(),
                new ThresholdLevelFilterFactory(),
                new AsyncLoggingEventAppenderFactory());
    }

    private Appender<IAccessEvent> buildForRequests(String options) throws Exception {
        return LogDnaAppenderFactoryTest.<IAccessEvent>parsed(options)
                .build(
                        context,
                        "orders",
                        new LogbackAccessRequestLayoutFactory(),
                        new NullLevelFilterFactory<>(),
                        new AsyncAccessEventAppenderFactory());
    }

    private static LogDnaAppenderFactory<ILoggingEvent> factory(String options) throws Exception {
        return parsed(options);
    }

    @SuppressWarnings("unchecked") // one class serves both kinds of events
    private static <E extends DeferredProcessingAware> LogDnaAppenderFactory<E> parsed(String options)
            throws Exception {
        Configuration configuration = ConfigurationFile.read(ConfigurationFile.ofRoot(options));
        List<AppenderFactory<ILoggingEvent>> appenders =
                ((DefaultLoggingFactory) configuration.getLoggingFactory()).getAppenders();
        return (LogDnaAppenderFactory<E>) (AppenderFactory<?>) appenders.get(1);
    }

    private List<String> shippingThreadNames() {
        return shippingThreads().stream()
                .filter(thread -> !before.contains(thread))
                .map(Thread::getName)
                .toList();
    }

    private static Set<Thread> shippingThreads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().matches("logdna-(batcher|sender)-.*"))
                .collect(Collectors.toSet());
    }
}
