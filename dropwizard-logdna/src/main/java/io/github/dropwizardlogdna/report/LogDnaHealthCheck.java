package io.github.dropwizardlogdna.report;

import com.codahale.metrics.health.HealthCheck;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * The health check {@code logdna}: shows the state of each appender. By default it is healthy in every state, because an
 * unhealthy service is taken out of rotation, which does not help while the log service is down.
 */
public final class LogDnaHealthCheck extends HealthCheck {

    /** The name of the health check. */
    public static final String NAME = "logdna";

    private final Supplier<List<AppenderState>> states;
    private final boolean failsOnLoss;

    /**
     * Creates the check.
     *
     * @param failsOnLoss whether to be unhealthy while lines are lost or the key is refused
     */
    public LogDnaHealthCheck(Supplier<List<AppenderState>> states, boolean failsOnLoss) {
        this.states = states;
        this.failsOnLoss = failsOnLoss;
    }

    @Override
    protected Result check() {
        List<AppenderState> now = states.get();
        boolean lossy = now.stream().anyMatch(AppenderState::isLossy);
        ResultBuilder result = Result.builder();
        result = failsOnLoss && lossy ? result.unhealthy() : result.healthy();
        Map<String, Object> details = new LinkedHashMap<>();
        now.forEach(state -> details.put(state.name(), state.details()));
        // Nested, because an appender may be called "message". "%s", because the text may contain a percent sign.
        return result.withMessage("%s", AppenderState.words(now))
                .withDetail("appenders", details)
                .build();
    }
}
