package io.github.dropwizardlogdna;

import static io.github.dropwizardlogdna.EffectiveOptions.blankToNull;

import io.dropwizard.util.DataSize;
import io.dropwizard.util.Duration;
import io.github.dropwizardlogdna.config.OptionProblems;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The rules of the options beyond the constraints of single fields. Options may be null here: a constraint refuses them. */
final class OptionRules {

    private static final int LONGEST_HOSTNAME = 256;
    private static final int LONGEST_APP = 512;
    private static final int LONGEST_TAG = 80;
    private static final int LARGEST_META = 8_192;

    private final LogDnaOptions<?> options;
    private final EffectiveOptions effective;
    private final OptionProblems problems;

    OptionRules(LogDnaOptions<?> options) {
        this.options = options;
        this.effective = new EffectiveOptions(options);
        this.problems = new OptionProblems(options.environment());
    }

    /** The problems by the path of the option. */
    Map<String, String> problems() {
        problems.unknown(options.unknownOptions(), options.getClass());
        if (options.isEnabled()) {
            problems.ingestionKey(blankToNull(options.ingestionKey()));
        }
        problems.endpoint(options.effectiveEndpoint(), LogDnaOptions.DEFAULT_ENDPOINT);
        checkSubstitution();
        problems.longest("hostname", effective.hostname(), LONGEST_HOSTNAME);
        problems.longest("app", options.getApp(), LONGEST_APP);
        problems.ip(blankToNull(options.getIp()));
        problems.mac(blankToNull(options.getMac()));
        problems.tags(effective.tags(), LONGEST_TAG);
        problems.longest(
                "meta", options.getMeta() == null ? null : options.getMeta().toString(), LARGEST_META);
        problems.choice("oversizeLines", options.getOversizeLines(), List.of("split", "truncate"));
        problems.choice("compression", options.getCompression(), List.of("gzip", "none"));
        problems.level("threshold", options.thresholdAsWritten());
        problems.timeZone("timeZone", options.timeZoneAsWritten());
        problems.patterns("redact", options.redact());
        checkSizes();
        checkProxy();
        checkTls();
        if (options.getSpool() != null) {
            problems.addAll("spool", options.getSpool().problems(options.isEnabled()));
        }
        return problems.found();
    }

    private void checkSubstitution() {
        problems.substituted("name", options.getName());
        problems.substituted("hostname", effective.hostname());
        problems.substituted("app", options.getApp());
        problems.substituted("env", options.getEnv());
        problems.substituted("tags", String.join(",", effective.tags()));
    }

    private void checkSizes() {
        DataSize buffer = options.getBufferSize();
        DataSize batch = options.getBatchSize();
        problems.unless(
                buffer == null || batch == null || buffer.toBytes() >= 2 * batch.toBytes(),
                "bufferSize",
                "must be at least twice batchSize (2 x " + batch + ")");
        int requests = options.getConcurrentRequests();
        problems.unless(
                requests == 1
                        || buffer == null
                        || batch == null
                        || buffer.toBytes() >= (requests + 1) * batch.toBytes(),
                "bufferSize",
                "must hold concurrentRequests + 1 batches (" + (requests + 1) + " x " + batch + ")");
        Duration min = options.getMinRetryDelay();
        Duration max = options.getMaxRetryDelay();
        problems.unless(
                min == null || max == null || min.toNanoseconds() <= max.toNanoseconds(),
                "minRetryDelay",
                "must be at most maxRetryDelay (" + max + ")");
        problems.unless(
                options.getDiscardingThreshold() >= -1 && options.getDiscardingThreshold() <= effective.queueSize(),
                "discardingThreshold",
                "must be between -1 and queueSize (" + effective.queueSize() + ")");
    }

    private void checkProxy() {
        try {
            effective.proxy();
        } catch (IllegalArgumentException e) {
            problems.add("proxy", String.valueOf(e.getMessage()));
        }
    }

    private void checkTls() {
        TlsOptions tls = options.getTls();
        if (tls == null) {
            return;
        }
        problems.addAll("tls", tls.unknownOptions());
        if (options.isEnabled()) {
            problems.addAll("tls", tls.problems());
            problems.unless(
                    options.effectiveEndpoint().toLowerCase(Locale.ROOT).startsWith("https:") || !tls.areSet(),
                    "tls",
                    "would protect nothing: endpoint is an http URL; make it https, or remove tls");
        }
    }
}
