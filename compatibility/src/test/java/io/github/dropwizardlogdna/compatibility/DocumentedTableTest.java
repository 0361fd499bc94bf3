package io.github.dropwizardlogdna.compatibility;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class DocumentedTableTest {
    @Test
    void docsCompatibilityHasARowForEachCombination() throws Exception {
        List<String> combinations = Combination.read(Path.of("combinations.yml")).stream()
                .map(combination -> String.join(" | ", combination.cells()))
                .toList();

        List<String> rows = Files.readAllLines(Path.of("../docs/compatibility.md")).stream()
                .dropWhile(line -> !line.equals(Table.head().lines().findFirst().orElseThrow()))
                .skip(2)
                .takeWhile(line -> line.startsWith("|"))
                .map(row -> row.substring(2, row.lastIndexOf(" | ")))
                .toList();

        assertThat(rows).isNotEmpty().isEqualTo(combinations);
    }
}
