package io.github.dropwizardlogdna.line;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class NameCacheTest {

    private final List<String> made = new ArrayList<>();
    private final NameCache<String> cache = new NameCache<>(name -> {
        made.add(name);
        return "<" + name + ">";
    });

    @Test
    void computesTheValueOfARecurringNameOnce() {
        String value = cache.get("logger");
        assertThat(value).isEqualTo("<logger>");
        assertThat(cache.get(new String("logger"))).isSameAs(value);
        assertThat(made).containsExactly("logger");
    }

    @Test
    void keepsTwoNamesWithTheSameHash() {
        assertThat("Aa").hasSameHashCodeAs("BB");
        cache.get("Aa");
        cache.get("BB");
        assertThat(cache.get("Aa")).isEqualTo("<Aa>");
        assertThat(cache.get("BB")).isEqualTo("<BB>");
        assertThat(made).containsExactly("Aa", "BB");
    }

    @Test
    void replacesTheOlderOfTwoNamesWithTheSameHash() {
        assertThat(List.of("AaBB", "BBAa", "AaAa"))
                .allSatisfy(name -> assertThat(name).hasSameHashCodeAs("AaAa"));
        cache.get("AaBB");
        cache.get("BBAa");
        cache.get("AaAa");
        made.clear();
        cache.get("AaAa");
        cache.get("BBAa");
        assertThat(made).isEmpty();
        cache.get("AaBB");
        assertThat(made).containsExactly("AaBB");
    }

    @Test
    void keepsManyNamesAtATime() {
        List<String> names = new ArrayList<>();
        for (char c = 0; c < 64; c++) {
            names.add(String.valueOf(c)); // whose hash is c
        }
        names.forEach(cache::get);
        names.forEach(cache::get);
        assertThat(made).isEqualTo(names);
    }

    @Test
    void keepsNamesWhoseHashesDifferInTheUpperHalfOnly() {
        List<String> names = new ArrayList<>();
        for (int high = 1; high <= 20; high++) {
            names.add(nameWithHash(high << 16));
        }
        names.forEach(cache::get);
        names.forEach(cache::get);
        assertThat(made).isEqualTo(names);
    }

    @Test
    void takesThePrefixOfANameForThatName() {
        String value = cache.get("dw-42");
        assertThat(cache.get("dw-42 - GET /orders", 5)).isSameAs(value);
        assertThat(cache.get("dw-42 - GET /orders", 4)).isEqualTo("<dw-4>");
        assertThat(cache.get("dw-4")).isEqualTo("<dw-4>");
        assertThat(made).containsExactly("dw-42", "dw-4");
    }

    @Test
    void doesNotKeepLongNames() {
        String longest = "x".repeat(NameCache.MAX_CHARS);
        cache.get(longest);
        cache.get(longest);
        assertThat(made).hasSize(1);
        assertThat(cache.get(longest + "x")).isEqualTo("<" + longest + "x>");
        cache.get(longest + "x");
        assertThat(made).hasSize(3);
    }

    /** A name of two characters. */
    private static String nameWithHash(int hash) {
        int first = Math.min(Character.MAX_VALUE, hash / 31);
        String name = "" + (char) first + (char) (hash - 31 * first);
        assertThat(name.hashCode()).isEqualTo(hash);
        return name;
    }
}
