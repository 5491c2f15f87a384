package dev.skein.loadtest;

import dev.skein.loadtest.load.Progress;
import dev.skein.loadtest.load.ScenarioResult;
import dev.skein.loadtest.play.Access;
import dev.skein.loadtest.play.Crew;
import dev.skein.loadtest.play.Part;
import dev.skein.loadtest.play.Probe;
import dev.skein.loadtest.play.RunSettings;
import dev.skein.loadtest.play.ScenarioRun;
import dev.skein.loadtest.process.ProcessProbe;
import dev.skein.loadtest.report.JsonReport;
import dev.skein.loadtest.report.TextReport;
import dev.skein.loadtest.scenario.Scenario;
import dev.skein.loadtest.scenario.ScenarioFile;
import dev.skein.loadtest.worker.RemotePart;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code skein-load scenario}. */
@Command(name = "scenario", description = "Runs a scenario from a file and holds it against the criteria in it.")
final class ScenarioCommand implements Callable<Integer> {
    @Spec
    private @Nullable CommandSpec spec;

    @Parameters(paramLabel = "NAME|FILE", description = "A name that 'skein-load scenarios' lists, or a file.")
    private String scenario = "";

    @Option(
            names = "--scale",
            defaultValue = "1",
            description = "Factor on client counts and connection rates (default: ${DEFAULT-VALUE}).")
    private double scale;

    @Option(
            names = "--time-scale",
            defaultValue = "1",
            description = "Factor on the lengths of phases (default: ${DEFAULT-VALUE}).")
    private double timeScale;

    @Option(
            names = "--seed",
            defaultValue = "1",
            description = "The same seed makes the same choices (default: ${DEFAULT-VALUE}).")
    private long seed;

    @Option(
            names = "--p2p",
            defaultValue = "auto",
            description = "Whether the broker delivers P2P messages: yes, no, or auto to try it (default:"
                    + " ${DEFAULT-VALUE}).")
    private Has p2p = Has.AUTO;

    @Option(
            names = "--shared",
            defaultValue = "auto",
            description =
                    "Whether it has shared subscriptions: yes, no, or auto to try it (default:" + " ${DEFAULT-VALUE}).")
    private Has shared = Has.AUTO;

    /** What is said of a broker. */
    enum Has {
        /** It has it. */
        YES,
        /** It has it not. */
        NO,
        /** A try will tell. */
        AUTO
    }

    @Option(
            names = "--workers",
            split = ",",
            paramLabel = "HOST:PORT",
            description = "Processes that make the load in place of this one: 'skein-load worker' runs there.")
    private List<String> workers = List.of();

    @Option(
            names = "--checks-only",
            description = "Criteria on times and schedules are left out: for a machine that is busy with other things.")
    private boolean checksOnly;

    @Option(
            names = "--broker-pid",
            paramLabel = "PID",
            description = "The broker's process on this machine: adds its CPU time and resident memory.")
    private @Nullable Long brokerPid;

    @Mixin
    private ScenarioOptions options = new ScenarioOptions();

    @Mixin
    private OutputOptions output = new OutputOptions();

    @Override
    public Integer call() throws Exception {
        CommandLine command = Objects.requireNonNull(spec).commandLine();
        Scenario found;
        Access access;
        RunSettings settings;
        List<String> notes = new ArrayList<>();
        try {
            output.check();
            found = ScenarioFile.find(scenario);
            if (checksOnly) {
                found = found.withoutTimes();
                notes.add("times and schedules are shown and not judged");
            }
            access = options.access();
            if (brokerPid != null) {
                ProcessProbe.of(brokerPid);
            }
            int run = Long.hashCode(System.nanoTime() ^ (ProcessHandle.current().pid() << 20));
            settings = new RunSettings(scale, timeScale, seed, run, 0, 1, true, true);
            settings = probed(found, access, settings, notes);
        } catch (IllegalArgumentException wrong) {
            throw new ParameterException(command, String.valueOf(wrong.getMessage()), wrong);
        }
        AtomicBoolean stop = new AtomicBoolean();
        Progress progress = output.progress(command);
        try (EarlyEnd _ = new EarlyEnd(stop)) {
            long base = System.nanoTime();
            ScenarioResult result = run(command, found, settings, access, base, progress, stop, notes);
            return output.finish(command, TextReport.of(result), JsonReport.of(result), result.failures());
        }
    }

    private ScenarioResult run(
            CommandLine command,
            Scenario found,
            RunSettings settings,
            Access access,
            long base,
            Progress progress,
            AtomicBoolean stop,
            List<String> notes) {
        OptionalLong pid = brokerPid == null ? OptionalLong.empty() : OptionalLong.of(brokerPid);
        List<Part> parts = new ArrayList<>();
        try {
            prepare(found, settings, access, base, parts);
            return new ScenarioRun(found, settings, parts, base, pid, progress, stop).run(notes);
        } catch (IllegalArgumentException wrong) {
            throw new ParameterException(command, String.valueOf(wrong.getMessage()), wrong);
        } finally {
            parts.forEach(Part::close);
        }
    }

    private void prepare(Scenario found, RunSettings settings, Access access, long base, List<Part> parts) {
        if (workers.isEmpty()) {
            parts.add(new Crew(found, settings, access, base));
        }
        for (int i = 0; i < workers.size(); i++) {
            String worker = workers.get(i);
            parts.add(RemotePart.prepare(
                    worker,
                    WorkerCommand.address("--workers", worker),
                    found,
                    settings.of(i, workers.size()),
                    base,
                    options.arguments()));
        }
    }

    private RunSettings probed(Scenario found, Access access, RunSettings settings, List<String> notes) {
        RunSettings tried =
                p2p == Has.AUTO || shared == Has.AUTO ? new Probe(found, access).settings(settings, notes) : settings;
        if (scale != 1 || timeScale != 1) {
            notes.add(String.format(Locale.ROOT, "scaled: clients by %s, time by %s", scale, timeScale));
        }
        return tried.with(
                p2p == Has.AUTO ? tried.p2p() : p2p == Has.YES,
                shared == Has.AUTO ? tried.shares() : shared == Has.YES);
    }
}
