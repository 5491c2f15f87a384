package dev.skein.loadtest;

import dev.skein.loadtest.scenario.Group;
import dev.skein.loadtest.scenario.Scenario;
import dev.skein.loadtest.scenario.ScenarioFile;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code skein-load scenarios}. */
@Command(name = "scenarios", description = "Lists the scenarios that come with the load tester.")
final class ScenariosCommand implements Callable<Integer> {
    @Spec
    private @Nullable CommandSpec spec;

    @Option(names = "--show", paramLabel = "NAME", description = "Print one of them, to begin a file of your own with.")
    private @Nullable String show;

    @Override
    public Integer call() {
        var out = Objects.requireNonNull(spec).commandLine().getOut();
        if (show != null) {
            out.print(ScenarioFile.text(show));
        } else {
            for (String name : ScenarioFile.SHIPPED) {
                Scenario scenario = ScenarioFile.find(name);
                int clients = scenario.groups().stream().mapToInt(Group::count).sum();
                out.println(String.format(Locale.ROOT, "%-27s %,11d clients  %s", name, clients, scenario.about()));
            }
        }
        out.flush();
        return SkeinLoad.OK;
    }
}
