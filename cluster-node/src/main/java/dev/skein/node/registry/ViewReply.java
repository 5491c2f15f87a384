package dev.skein.node.registry;

import java.util.List;

/** What {@link RegistryService#view} answers. */
public sealed interface ViewReply permits ViewReply.View, RegistryReply.Rejected {
    /**
     * The instance as this node has it: its own configuration, and what was added since.
     *
     * @param view the resources
     * @param configured what of it only the configuration can change
     */
    record View(InstanceView view, Configured configured) implements ViewReply {}

    /** Names of what stands in the configuration; sorted. */
    record Configured(
            List<String> groups,
            List<String> parentTopics,
            List<String> users,
            List<String> accessKeys,
            List<String> permissions,
            List<String> rules) {

        static Configured of(InstanceView seed) {
            return new Configured(
                    seed.groups().stream().sorted().toList(),
                    seed.parentTopics().stream().sorted().toList(),
                    seed.users().keySet().stream().sorted().toList(),
                    seed.accessKeys().keySet().stream().sorted().toList(),
                    seed.permissions().stream().map(PermissionRule::id).toList(),
                    seed.rules().byId().keySet().stream().sorted().toList());
        }
    }
}
