package dev.skein.loadtest;

import dev.skein.loadtest.load.ConnectResult;
import dev.skein.loadtest.load.ConnectRun;
import dev.skein.loadtest.load.Progress;
import dev.skein.loadtest.load.Target;
import dev.skein.loadtest.report.JsonReport;
import dev.skein.loadtest.report.TextReport;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code skein-load connect}. */
@Command(name = "connect", description = "Opens idle connections at a rate, holds them, and weighs the broker.")
final class ConnectCommand extends RunCommand {
    @Option(names = "--clients", defaultValue = "1000", description = "Clients (default: ${DEFAULT-VALUE}).")
    private int clients;

    @Option(names = "--rate", defaultValue = "1000", description = "Connections a second (default: ${DEFAULT-VALUE}).")
    private double rate;

    @Option(
            names = "--duration",
            defaultValue = "30s",
            description = "How long all stay open (default: ${DEFAULT-VALUE}).")
    private Duration duration = Duration.ZERO;

    @Override
    Prepared prepare(Target target, int run, Progress progress, AtomicBoolean stop) {
        ConnectRun prepared = new ConnectRun(target, clients, rate, duration, broker().keepSessions(), progress, stop);
        return command -> {
            ConnectResult result = prepared.run();
            return output().finish(command, TextReport.of(result), JsonReport.of(result), result.failures());
        };
    }
}
