package io.github.dropwizardlogdna.testing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A file of the documentation: its text, its fenced blocks, its headings and its links. */
public record MarkdownFile(Path path, List<Block> blocks, List<String> text) {

    private static final Pattern FENCE = Pattern.compile(" *```(\\w*) *");
    private static final Pattern MARKER = Pattern.compile(" *<!-- (?<marker>.+) -->");
    private static final Pattern HEADING = Pattern.compile("#+ +(.+)");
    private static final Pattern LINK = Pattern.compile("]\\(([^)\\s]+)\\)");

    /**
     * A fenced block.
     *
     * @param language what stands behind the opening fence
     * @param marker the comment on the line before, such as {@code <!-- yaml: refused -->} without its brackets; or empty
     * @param line the number of the opening fence's line
     */
    public record Block(Path file, int line, String language, String marker, String content) {

        @Override
        public String toString() {
            return file.getFileName() + ":" + line;
        }
    }

    /** README.md and all of docs/. */
    public static List<MarkdownFile> all(Path root) throws IOException {
        List<MarkdownFile> files = new ArrayList<>();
        files.add(read(root.resolve("README.md")));
        try (var docs = Files.list(root.resolve("docs"))) {
            for (Path file : docs.filter(file -> file.toString().endsWith(".md"))
                    .sorted()
                    .toList()) {
                files.add(read(file));
            }
        }
        return files;
    }

    public static MarkdownFile read(Path path) throws IOException {
        List<Block> blocks = new ArrayList<>();
        List<String> text = new ArrayList<>();
        String language = null;
        List<String> content = new ArrayList<>();
        int opened = 0;
        int number = 0;
        for (String line : Files.readAllLines(path)) {
            number++;
            Matcher fence = FENCE.matcher(line);
            if (!fence.matches()) {
                (language == null ? text : content).add(line);
            } else if (language == null) {
                language = fence.group(1);
                opened = number;
            } else {
                blocks.add(new Block(
                        path,
                        opened,
                        language,
                        marker(text),
                        String.join("\n", content).stripIndent()));
                language = null;
                content.clear();
            }
        }
        if (language != null) {
            throw new IllegalArgumentException(path + ":" + opened + " opens a block that nothing closes");
        }
        return new MarkdownFile(path, blocks, text);
    }

    private static String marker(List<String> text) {
        Matcher marker = MARKER.matcher(text.isEmpty() ? "" : text.get(text.size() - 1));
        return marker.matches() ? marker.group("marker") : "";
    }

    public List<Block> blocks(String language) {
        return blocks.stream()
                .filter(block -> block.language().equals(language))
                .toList();
    }

    /** What links may name behind a {@code #}, as GitHub makes it from the headings. */
    public List<String> anchors() {
        return text.stream()
                .map(HEADING::matcher)
                .filter(Matcher::matches)
                .map(heading -> heading.group(1)
                        .toLowerCase(Locale.ROOT)
                        .replaceAll("[^\\p{Alnum} _-]", "")
                        .strip()
                        .replace(' ', '-'))
                .toList();
    }

    /** Where links lead. */
    public List<String> links() {
        return LINK.matcher(String.join("\n", text))
                .results()
                .map(link -> link.group(1))
                .toList();
    }

    /** Where this is found in the text, blocks excepted. */
    public List<MatchResult> find(Pattern pattern) {
        return pattern.matcher(String.join("\n", text)).results().toList();
    }
}
