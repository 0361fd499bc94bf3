package io.github.dropwizardlogdna.appender;

import java.util.HashSet;
import java.util.Set;

/** The names of the appenders of one application, given in the order in which they are built. Used by one thread. */
public final class AppenderNames {

    private final Set<String> taken = new HashSet<>();

    /**
     * Takes a name that no other appender of the application has: the given one, or the same with a number.
     *
     * @param reserved whether the given name belongs to an appender that is built later
     */
    public String take(String wanted, boolean reserved) {
        String name = reserved ? wanted + "-2" : wanted;
        for (int i = reserved ? 3 : 2; !taken.add(name); i++) {
            name = wanted + "-" + i;
        }
        return name;
    }
}
