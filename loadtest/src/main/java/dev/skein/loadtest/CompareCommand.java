package dev.skein.loadtest;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.skein.loadtest.report.Comparison;
import dev.skein.loadtest.report.JsonReport;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code skein-load compare}. */
@Command(
        name = "compare",
        description = "Prints two reports side by side, B against A, and what of the difference may be chance.")
final class CompareCommand implements Callable<Integer> {
    @Spec
    private @Nullable CommandSpec spec;

    @Parameters(index = "0", paramLabel = "A.json", description = "A report of --json, of a run or of a suite.")
    private Path a = Path.of("");

    @Parameters(index = "1", paramLabel = "B.json", description = "Another of the same kind.")
    private Path b = Path.of("");

    @Override
    public Integer call() {
        CommandLine command = Objects.requireNonNull(spec).commandLine();
        try {
            command.getOut().println(Comparison.of(read(a), read(b)));
        } catch (IllegalArgumentException wrong) {
            throw new ParameterException(command, String.valueOf(wrong.getMessage()), wrong);
        }
        command.getOut().flush();
        return SkeinLoad.OK;
    }

    private static ObjectNode read(Path file) {
        try {
            return JsonReport.read(file);
        } catch (IOException unreadable) {
            throw new IllegalArgumentException(file + ": " + unreadable.getMessage() + " (expected: JSON)", unreadable);
        }
    }
}
