package dev.skein.loadtest;

import dev.skein.loadtest.load.Progress;
import dev.skein.loadtest.load.Target;
import java.io.IOException;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** What every scenario's command does around its run: usage errors, an early end by signal, output. */
abstract class RunCommand implements Callable<Integer> {
    @Spec
    private @Nullable CommandSpec spec;

    @Mixin
    private BrokerOptions broker = new BrokerOptions();

    @Mixin
    private OutputOptions output = new OutputOptions();

    final BrokerOptions broker() {
        return broker;
    }

    final OutputOptions output() {
        return output;
    }

    /** A run that is ready to start; preparing it has found every usage error. */
    interface Prepared {
        /** Runs and prints; returns the exit code. */
        int run(CommandLine command) throws IOException;
    }

    /** Checks the options and prepares the run; an IllegalArgumentException is a usage error. */
    abstract Prepared prepare(Target target, int run, Progress progress, AtomicBoolean stop);

    @Override
    public final Integer call() throws Exception {
        CommandLine command = Objects.requireNonNull(spec).commandLine();
        AtomicBoolean stop = new AtomicBoolean();
        // tells apart runs that follow each other and runs side by side
        int run = Long.hashCode(System.nanoTime() ^ (ProcessHandle.current().pid() << 20));
        Prepared prepared;
        try {
            output.check();
            prepared = prepare(broker.target(run), run, output.progress(command), stop);
        } catch (IllegalArgumentException wrong) {
            throw new ParameterException(command, String.valueOf(wrong.getMessage()), wrong);
        }
        try (EarlyEnd _ = new EarlyEnd(stop)) {
            return prepared.run(command);
        }
    }
}
