package io.github.dropwizardlogdna.line;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class EventBudgetTest {

    private final EventBudget budget = new EventBudget(100);

    @Test
    void limitsTheNumberOfEntries() {
        for (int i = 0; i < EventBudget.ENTRIES; i++) {
            assertThat(budget.takeEntry()).isTrue();
        }
        assertThat(budget.takeEntry()).isFalse();
        assertThat(budget.takeEntry()).isFalse();
        assertThat(budget.takeNestedEntry()).isTrue();
    }

    @Test
    void limitsTheNumberOfNestedEntries() {
        for (int i = 0; i < EventBudget.NESTED_ENTRIES; i++) {
            assertThat(budget.takeNestedEntry()).isTrue();
        }
        assertThat(budget.takeNestedEntry()).isFalse();
        assertThat(budget.takeNestedEntry()).isFalse();
        assertThat(budget.takeEntry()).isTrue();
    }

    @Test
    void countsTheWorkOfSearches() {
        budget.spendSearchWork(60);
        assertThat(budget.searchWork()).isEqualTo(40);
        budget.spendSearchWork(60);
        assertThat(budget.searchWork()).isZero();
    }

    @Test
    void countsTheCharactersOfValues() {
        budget.spendValueChars(EventBudget.VALUE_CHARS - 1);
        assertThat(budget.hasValueChars()).isTrue();
        budget.spendValueChars(1);
        assertThat(budget.hasValueChars()).isFalse();
        budget.spendValueChars(1);
        assertThat(budget.hasValueChars()).isFalse();
    }

    @Test
    void startsAgainWithEachEvent() {
        while (budget.takeEntry()) {
            // until none is left
        }
        while (budget.takeNestedEntry()) {
            // until none is left
        }
        budget.spendSearchWork(100);
        budget.spendValueChars(EventBudget.VALUE_CHARS);

        budget.reset();
        assertThat(budget.takeEntry()).isTrue();
        assertThat(budget.takeNestedEntry()).isTrue();
        assertThat(budget.searchWork()).isEqualTo(100);
        assertThat(budget.hasValueChars()).isTrue();
    }
}
