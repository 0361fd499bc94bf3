package io.github.dropwizardlogdna.benchmarks.pod;

import io.github.dropwizardlogdna.benchmarks.Progress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * The service in what makes a container: a memory cgroup, a mount namespace whose root is read-only, and a user of no name
 * and no privileges. That takes root and Linux with the first version of cgroups; without them it is a process of the same
 * heap, and reports that.
 */
final class Container {

    private static final Path CGROUPS = Path.of("/sys/fs/cgroup/memory");

    private final Manifest manifest;
    private final Path jar;
    private final Path directory;
    private final boolean confined;

    private Container(Manifest manifest, Path jar, Path directory, boolean confined) {
        this.manifest = manifest;
        this.jar = jar;
        this.directory = directory;
        this.confined = confined;
    }

    static Container of(Manifest manifest, Path jar) throws IOException {
        Path directory = Files.createTempDirectory("logdna-pod");
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
        // As the kubelet creates a volume: owned by root, writable for all.
        Path volume = Files.createDirectories(directory.resolve("volume/logdna"));
        Files.setPosixFilePermissions(volume, PosixFilePermissions.fromString("rwxrwxrwx"));
        boolean confined = Files.isWritable(CGROUPS) && "root".equals(System.getProperty("user.name"));
        if (!confined) {
            Progress.say("not root, or no memory cgroup: no limit but the heap's, and no read-only root");
        }
        return new Container(manifest, jar, directory, confined);
    }

    boolean isConfined() {
        return confined;
    }

    Process start(String config, Map<String, String> environment, String log) throws IOException {
        Path file = Files.writeString(
                directory.resolve("config.yml"),
                confined ? config : config.replace("/var/spool/logdna", volume().toString()));
        List<String> java = new ArrayList<>(
                List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString()));
        java.addAll(manifest.jvmOptions());
        if (!confined) {
            java.add("-Xmx" + manifest.memoryBytes() / 2);
        }
        java.addAll(List.of("-jar", jar.toAbsolutePath().toString(), "server", file.toString()));
        ProcessBuilder builder = new ProcessBuilder(confined ? confined(java) : java)
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve(log).toFile());
        builder.environment().keySet().removeIf(name -> name.contains("LOGDNA") || name.startsWith("MZ_"));
        builder.environment().putAll(environment);
        return builder.start();
    }

    /** Each command replaces the one before it, so that the process is Java's in the end. */
    private List<String> confined(List<String> java) throws IOException {
        Path cgroup = cgroup();
        Files.createDirectories(cgroup);
        Files.writeString(cgroup.resolve("memory.limit_in_bytes"), String.valueOf(manifest.memoryBytes()));
        String user = String.valueOf(manifest.user());
        List<String> command = new ArrayList<>(List.of(
                "sh",
                "-ec",
                "echo $$ > " + cgroup + "/cgroup.procs; exec unshare --mount \"$@\"",
                "sh",
                "sh",
                "-ec",
                "mount --bind " + volume().getParent() + " /var/spool; mount -o remount,ro,bind /; exec \"$@\"",
                "sh",
                "setpriv",
                "--reuid=" + user,
                "--regid=" + user,
                "--clear-groups",
                "--no-new-privs",
                "--bounding-set=-all",
                "--inh-caps=-all"));
        command.addAll(java);
        return command;
    }

    private Path cgroup() {
        return CGROUPS.resolve(directory.getFileName().toString());
    }

    private Path volume() {
        return directory.resolve("volume/logdna");
    }

    /** A report of the kernel about the memory, or -1. */
    long memory(String file) throws IOException {
        return confined
                ? Long.parseLong(Files.readString(cgroup().resolve(file)).strip())
                : -1;
    }

    /** How often the kernel has killed for want of memory. */
    long outOfMemoryKills() throws IOException {
        if (!confined) {
            return 0;
        }
        return Files.readAllLines(cgroup().resolve("memory.oom_control")).stream()
                .filter(line -> line.startsWith("oom_kill "))
                .mapToLong(line -> Long.parseLong(line.substring("oom_kill ".length())))
                .sum();
    }

    /** The most resident memory of a process so far, in bytes. */
    static long mostResident(Process process) throws IOException {
        return Files.readAllLines(Path.of("/proc", String.valueOf(process.pid()), "status")).stream()
                .filter(line -> line.startsWith("VmHWM:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) << 10)
                .findFirst()
                .orElse(0);
    }

    Path log(String name) {
        return directory.resolve(name);
    }

    /** Sends SIGTERM, and returns the seconds until the end, or NaN if it had to be killed. */
    double end(Process process) throws InterruptedException {
        long begin = System.nanoTime();
        process.destroy();
        if (!process.waitFor(manifest.gracePeriodSeconds(), TimeUnit.SECONDS)) {
            process.destroyForcibly().waitFor();
            return Double.NaN;
        }
        return (System.nanoTime() - begin) / 1e9;
    }

    void close() throws IOException {
        if (confined) {
            Files.deleteIfExists(cgroup());
        }
    }
}
