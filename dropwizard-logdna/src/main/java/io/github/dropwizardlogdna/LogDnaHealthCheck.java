package io.github.dropwizardlogdna;

import com.codahale.metrics.health.HealthCheck;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * {@code logdna}: says how each appender stands. Healthy whatever that is, because an unhealthy service is taken out of
 * rotation, which helps nobody while a log service is down; unless the application has decided otherwise.
 */
final class LogDnaHealthCheck extends HealthCheck {

    static final String NAME = "logdna";

    private final Supplier<List<AppenderState>> states;
    private final boolean failsOnLoss;

    LogDnaHealthCheck(Supplier<List<AppenderState>> states, boolean failsOnLoss) {
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
        // Below a name of their own: an appender may be called "message".
        // Not as a format: the words may hold a percent sign.
        return result.withMessage("%s", AppenderState.words(now))
                .withDetail("appenders", details)
                .build();
    }
}
