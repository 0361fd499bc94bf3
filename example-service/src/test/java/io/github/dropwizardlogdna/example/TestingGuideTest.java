package io.github.dropwizardlogdna.example;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The Java code of docs/testing.md about LocalLogDna. */
class TestingGuideTest {

    private static final Pattern BLOCK =
            Pattern.compile("<!-- java: with local-logdna -->\n```java\n(.*?)```", Pattern.DOTALL);
    private static final Pattern FILE =
            Pattern.compile("<!-- file: (\\S+\\.java) -->\n```java\n(.*?)```", Pattern.DOTALL);

    @Test
    void showsTheWholeTestOfANewProjectInLessThanTwentyLines() throws Exception {
        Matcher file = FILE.matcher(Files.readString(Path.of("../docs/testing.md")));
        assertThat(file.find()).isTrue();
        String shown = file.group(2);
        assertThat(shown).isEqualTo(Files.readString(Path.of("..", file.group(1))));
        assertThat(shown.lines()).hasSizeLessThan(20);
    }

    @Test
    void showsATestThatCompiles(@TempDir Path directory) throws Exception {
        List<String> blocks = BLOCK.matcher(Files.readString(Path.of("../docs/testing.md")))
                .results()
                .map(block -> block.group(1))
                .toList();
        assertThat(blocks).isNotEmpty();
        String source = """
                import static org.assertj.core.api.Assertions.assertThat;
                import io.github.dropwizardlogdna.local.*;
                import org.junit.jupiter.api.*;
                import org.junit.jupiter.api.extension.*;

                class Documented {
                    void placeAnOrder() {}
                %s
                }
                """.formatted(String.join("\n", blocks));
        DiagnosticCollector<JavaFileObject> problems = new DiagnosticCollector<>();
        JavaFileObject file =
                new SimpleJavaFileObject(URI.create("string:///Documented.java"), JavaFileObject.Kind.SOURCE) {
                    @Override
                    public CharSequence getCharContent(boolean ignoreEncodingErrors) {
                        return source;
                    }
                };

        boolean compiles = ToolProvider.getSystemJavaCompiler()
                .getTask(null, null, problems, List.of("-proc:none", "-d", directory.toString()), null, List.of(file))
                .call();

        assertThat(compiles).as("%s", problems.getDiagnostics()).isTrue();
    }
}
