package dev.skein.node.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code skein instances}. */
@Command(name = "instances", mixinStandardHelpOptions = true, description = "List the instances of a running node.")
final class InstancesCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private ApiOptions options = new ApiOptions();

    @Override
    public Integer call() {
        return ApiCommand.run(spec, options, ApiClient::instances, InstancesCommand::table);
    }

    private static List<String> table(JsonNode answer) {
        Table table = Table.withHeader("INSTANCE", "MODE", "GROUPS", "PARENT TOPICS");
        answer.path("instances")
                .forEach(instance -> table.row(
                        ApiCommand.cell(instance, "id"),
                        ApiCommand.cell(instance, "mode"),
                        ApiCommand.cell(instance, "groups"),
                        ApiCommand.cell(instance, "parentTopics")));
        return table.lines();
    }
}
