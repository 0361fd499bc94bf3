package io.github.dropwizardlogdna.example;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What docs/testing.md shows of a test with a LogDNA of its own compiles against both. */
class TestingGuideTest {

    private static final Pattern BLOCK =
            Pattern.compile("<!-- java: with local-logdna -->\n```java\n(.*?)```", Pattern.DOTALL);

    @Test
    void showsATestThatCompiles(@TempDir Path directory) throws Exception {
        List<String> blocks = BLOCK.matcher(Files.readString(Path.of("../docs/testing.md")))
                .results()
                .map(block -> block.group(1))
                .toList();
        assertThat(blocks).isNotEmpty();
        String source = """
                import static org.assertj.core.api.Assertions.assertThat;
                import io.dropwizard.core.*;
                import io.dropwizard.core.setup.*;
                import io.dropwizard.testing.*;
                import io.dropwizard.testing.junit5.*;
                import io.github.dropwizardlogdna.local.*;
                import org.junit.jupiter.api.*;
                import org.junit.jupiter.api.extension.*;

                class Documented {
                    static class MyConfiguration extends Configuration {}

                    static class MyApplication extends Application<MyConfiguration> {
                        @Override
                        public void run(MyConfiguration configuration, Environment environment) {}
                    }

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
