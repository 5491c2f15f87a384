package dev.skein.loadtest;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.skein.loadtest.load.Progress;
import dev.skein.loadtest.report.ConsoleProgress;
import dev.skein.loadtest.report.JsonReport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
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

    /** Refuses a file that could not be written, before the run and not after it. */
    void check() {
        if (json != null && !json.equals("-")) {
            Path file = Path.of(json).toAbsolutePath();
            Path directory = file.getParent();
            boolean writable = Files.exists(file)
                    ? Files.isRegularFile(file) && Files.isWritable(file)
                    : directory != null && Files.isWritable(directory);
            if (!writable) {
                throw new IllegalArgumentException("--json: " + json + " (expected: a file that can be written)");
            }
        }
    }

    Progress progress(CommandLine command) {
        return new ConsoleProgress(command.getErr(), Boolean.getBoolean(TERMINAL));
    }

    /** Prints the summary and the JSON; returns the exit code. */
    int finish(CommandLine command, String summary, ObjectNode figures, List<String> failures) throws IOException {
        if (json == null) {
            command.getOut().println(summary);
        } else if (json.equals("-")) {
            command.getErr().println(summary);
            command.getOut().println(JsonReport.text(figures));
        } else {
            command.getOut().println(summary);
            Files.writeString(Path.of(json), JsonReport.text(figures) + System.lineSeparator());
        }
        command.getOut().flush();
        command.getErr().flush();
        return failures.isEmpty() ? SkeinLoad.OK : SkeinLoad.FAILED;
    }
}
