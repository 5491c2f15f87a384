package dev.skein.loadtest;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.skein.loadtest.load.Progress;
import dev.skein.loadtest.report.ConsoleProgress;
import dev.skein.loadtest.report.Environment;
import dev.skein.loadtest.report.HdrLog;
import dev.skein.loadtest.report.HtmlReport;
import dev.skein.loadtest.report.JsonReport;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Option;

/** Where the figures go. Progress goes to the error stream, so the output holds the summary alone. */
final class OutputOptions {
    /** Set by the launcher when the error stream is a terminal. */
    private static final String TERMINAL = "skein.load.terminal";

    @Option(
            names = "--json",
            paramLabel = "FILE|-",
            description = "Write the figures as JSON; - writes them to the output and the summary to the error stream.")
    private @Nullable String json;

    @Option(
            names = "--html",
            paramLabel = "FILE",
            description = "Write a page with plots: one file that needs nothing else.")
    private @Nullable Path html;

    @Option(
            names = "--hdr",
            paramLabel = "FILE",
            description = "Write the latencies as HdrHistogram's interval log; as its percentile distribution when the"
                    + " name ends in .hgrm. Milliseconds.")
    private @Nullable Path hdr;

    private final InstantSource clock = InstantSource.system();
    private @Nullable Environment environment;
    private @Nullable HdrLog log;

    /** Refuses a file that could not be written, before the run and not after it. */
    void check() {
        if (json != null && !json.equals("-")) {
            checkWritable("--json", Path.of(json));
        }
        if (html != null) {
            checkWritable("--html", html);
        }
        if (hdr != null) {
            checkWritable("--hdr", hdr);
        }
    }

    static void checkWritable(String option, Path given) {
        Path file = given.toAbsolutePath();
        Path directory = file.getParent();
        boolean writable = Files.exists(file)
                ? Files.isRegularFile(file) && Files.isWritable(file)
                : directory != null && Files.isWritable(directory);
        if (!writable) {
            throw new IllegalArgumentException(option + ": " + given + " (expected: a file that can be written)");
        }
    }

    /** Where a run tells how it goes; the run begins soon. */
    Progress progress(CommandLine command) {
        environment = environment(command, clock);
        Progress console = console(command);
        if (hdr == null) {
            return console;
        }
        try {
            log = HdrLog.open(hdr, console, clock);
            return log;
        } catch (IOException unwritable) {
            throw new UncheckedIOException(unwritable);
        }
    }

    static Progress console(CommandLine command) {
        boolean blocks = System.getProperty("stderr.encoding", "").startsWith("UTF");
        return new ConsoleProgress(command.getErr(), onTerminal(), blocks);
    }

    static boolean onTerminal() {
        return Boolean.getBoolean(TERMINAL);
    }

    static Environment environment(CommandLine command, InstantSource clock) {
        CommandLine root = command;
        while (root.getParent() != null) {
            root = root.getParent();
        }
        return Environment.here(root.getParseResult().originalArgs(), clock.instant());
    }

    /** Prints the summary and writes the files; returns the exit code. */
    int finish(CommandLine command, String summary, ObjectNode figures, List<String> failures) throws IOException {
        if (environment != null) {
            JsonReport.add(environment, figures);
        }
        if (json == null) {
            command.getOut().println(summary);
        } else if (json.equals("-")) {
            command.getErr().println(summary);
            command.getOut().println(JsonReport.text(figures));
        } else {
            command.getOut().println(summary);
            Files.writeString(Path.of(json), JsonReport.text(figures) + System.lineSeparator());
        }
        if (html != null) {
            Files.writeString(html, HtmlReport.of(figures, summary));
        }
        if (log != null) {
            log.close();
        }
        command.getOut().flush();
        command.getErr().flush();
        return failures.isEmpty() ? SkeinLoad.OK : SkeinLoad.FAILED;
    }
}
