package io.github.dropwizardlogdna.benchmarks;

import io.opentelemetry.exporter.otlp.http.logs.OtlpHttpLogRecordExporter;
import io.opentelemetry.instrumentation.logback.appender.v1_0.OpenTelemetryAppender;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.logs.SdkLoggerProvider;
import io.opentelemetry.sdk.logs.export.BatchLogRecordProcessor;
import jakarta.annotation.Nullable;

/** OpenTelemetry's appender with the SDK that it needs, so that a file of settings is enough to make it. */
public final class OtlpAppender extends OpenTelemetryAppender {

    private String endpoint = "";
    private int queueSize;

    @Nullable
    private OpenTelemetrySdk sdk;

    public void setEndpoint(String endpoint) {
        this.endpoint = endpoint;
    }

    public void setQueueSize(int queueSize) {
        this.queueSize = queueSize;
    }

    @Override
    public void start() {
        OtlpHttpLogRecordExporter exporter = OtlpHttpLogRecordExporter.builder()
                .setEndpoint(endpoint)
                .setCompression("gzip")
                .build();
        BatchLogRecordProcessor processor = BatchLogRecordProcessor.builder(exporter)
                .setMaxQueueSize(queueSize)
                .build();
        sdk = OpenTelemetrySdk.builder()
                .setLoggerProvider(SdkLoggerProvider.builder()
                        .addLogRecordProcessor(processor)
                        .build())
                .build();
        setOpenTelemetry(sdk);
        super.start();
    }

    @Override
    public void stop() {
        super.stop();
        if (sdk != null) {
            sdk.close();
        }
    }
}
