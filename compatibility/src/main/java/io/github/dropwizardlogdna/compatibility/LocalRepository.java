package io.github.dropwizardlogdna.compatibility;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;

/**
 * A local Maven repository that is thrown away. It starts with what the user's has downloaded, as hard links if the file
 * system has them: Maven replaces released files and never writes into them. The library's own files, and the files in
 * which Maven keeps notes, are left out, so that nothing is written to the user's repository.
 */
final class LocalRepository {
    private LocalRepository() {}

    static void seed(Path target, Path downloads) throws IOException {
        if (Files.exists(target) || !Files.isDirectory(downloads)) {
            return;
        }
        Path own = downloads.resolve("io/github/dropwizard-logdna");
        Files.walkFileTree(downloads, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) {
                return directory.equals(own) ? FileVisitResult.SKIP_SUBTREE : FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                String name = String.valueOf(file.getFileName());
                if (name.endsWith(".jar") || name.endsWith(".pom")) {
                    link(file, target.resolve(downloads.relativize(file)));
                }
                return FileVisitResult.CONTINUE;
            }
        });
    }

    private static void link(Path file, Path link) throws IOException {
        Path directory = link.getParent();
        if (directory != null) {
            Files.createDirectories(directory);
        }
        try {
            Files.createLink(link, file);
        } catch (IOException | UnsupportedOperationException e) {
            Files.copy(file, link); // another file system
        }
    }
}
