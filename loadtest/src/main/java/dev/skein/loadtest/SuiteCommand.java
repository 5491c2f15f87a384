package dev.skein.loadtest;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.skein.loadtest.load.Progress;
import dev.skein.loadtest.report.Environment;
import dev.skein.loadtest.report.JsonReport;
import dev.skein.loadtest.report.SuiteLines;
import dev.skein.loadtest.report.SuiteReport;
import dev.skein.loadtest.suite.Broker;
import dev.skein.loadtest.suite.Row;
import dev.skein.loadtest.suite.Suite;
import dev.skein.loadtest.suite.SuiteResult;
import dev.skein.loadtest.suite.SuiteSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code skein-load suite}. */
@Command(
        name = "suite",
        description =
                "Runs the table of docs/performance.md against several brokers in turn and prints it as Markdown.")
final class SuiteCommand implements Callable<Integer> {
    @Spec
    private @Nullable CommandSpec spec;

    @Option(
            names = "--broker",
            required = true,
            paramLabel = "NAME=HOST:PORT[:PID]",
            description = "A broker; PID, of a process on this machine, adds its CPU time and memory. Once for each.")
    private List<String> brokers = List.of();

    @Option(names = "--baseline", paramLabel = "NAME", description = "Ratios are against it (default: the last one).")
    private @Nullable String baseline;

    @Option(names = "--runs", defaultValue = "5", description = "Runs against each broker (default: ${DEFAULT-VALUE}).")
    private int runs;

    @Option(
            names = "--only",
            split = ",",
            paramLabel = "ROW",
            description = "Rows to run, with commas between: ${COMPLETION-CANDIDATES} (default: all).",
            completionCandidates = RowKeys.class)
    private List<String> only = List.of();

    /** Names of the rows, for the help. */
    static final class RowKeys implements Iterable<String> {
        @Override
        public Iterator<String> iterator() {
            return List.of(Row.values()).stream().map(Row::key).iterator();
        }
    }

    @Option(names = "--duration", defaultValue = "8s", description = "Measured time (default: ${DEFAULT-VALUE}).")
    private Duration duration = Duration.ZERO;

    @Option(names = "--warmup", defaultValue = "3s", description = "Time before that (default: ${DEFAULT-VALUE}).")
    private Duration warmup = Duration.ZERO;

    @Option(
            names = "--connects",
            defaultValue = "5000",
            description = "Connections of a connect row (default: ${DEFAULT-VALUE}).")
    private int connects;

    @Option(
            names = "--idle",
            defaultValue = "15000",
            description = "Connections of the memory row (default: ${DEFAULT-VALUE}).")
    private int idle;

    @Option(names = "--threads", description = "Event loops of the tester (default: the number of cores).")
    private @Nullable Integer threads;

    @Option(names = "--username", description = "User name of every client.")
    private @Nullable String username;

    @Option(names = "--password", description = "Password of every client.")
    private @Nullable String password;

    @Option(names = "--json", paramLabel = "FILE", description = "Write every value of every run as JSON.")
    private @Nullable Path json;

    @Option(names = "--html", paramLabel = "FILE", description = "Write a page with the table and bars.")
    private @Nullable Path html;

    @Override
    public Integer call() throws IOException {
        CommandLine command = Objects.requireNonNull(spec).commandLine();
        SuiteSettings settings;
        try {
            if (json != null) {
                OutputOptions.checkWritable("--json", json);
            }
            if (html != null) {
                OutputOptions.checkWritable("--html", html);
            }
            settings = settings();
        } catch (IllegalArgumentException wrong) {
            throw new ParameterException(command, String.valueOf(wrong.getMessage()), wrong);
        }
        Environment environment = OutputOptions.environment(command, InstantSource.system());
        AtomicBoolean stop = new AtomicBoolean();
        try (EarlyEnd _ = new EarlyEnd(stop)) {
            Progress console = OutputOptions.console(command);
            boolean live = OutputOptions.onTerminal();
            SuiteResult result =
                    new Suite(settings, new SuiteLines(command.getErr(), settings, live ? console : null), stop).run();
            return finish(command, result, environment);
        }
    }

    private int finish(CommandLine command, SuiteResult result, Environment environment) throws IOException {
        ObjectNode report = SuiteReport.json(result, environment);
        command.getOut().println(SuiteReport.markdown(report));
        command.getOut().flush();
        if (json != null) {
            Files.writeString(json, JsonReport.text(report) + System.lineSeparator());
        }
        if (html != null) {
            Files.writeString(html, SuiteReport.html(report));
        }
        return result.failed() ? SkeinLoad.FAILED : SkeinLoad.OK;
    }

    private SuiteSettings settings() {
        List<Broker> parsed = brokers.stream().map(Broker::parse).toList();
        return new SuiteSettings(
                parsed,
                baseline == null ? parsed.getLast().name() : baseline,
                only.isEmpty()
                        ? List.of(Row.values())
                        : only.stream().map(Row::of).distinct().toList(),
                runs,
                duration,
                warmup,
                connects,
                idle,
                threads == null ? Runtime.getRuntime().availableProcessors() : threads,
                username,
                password);
    }
}
