package dev.skein.node.wiring;

import dev.skein.node.control.AuditPage;
import dev.skein.node.control.ControlException;
import dev.skein.node.control.ErrorCode;
import dev.skein.node.control.InstanceInfo;
import dev.skein.node.control.RegistryAdmin;
import dev.skein.node.control.RegistryEntry;
import dev.skein.node.registry.InstanceView;
import dev.skein.node.registry.RegistryCommand;
import dev.skein.node.registry.RegistryReply;
import dev.skein.node.registry.RegistryService;
import dev.skein.node.registry.ViewReply;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.apache.pekko.Done;
import org.apache.pekko.actor.typed.ActorRef;

/** The registry as the control API wants it. */
record NodeRegistry(RegistryService registry) implements RegistryAdmin {
    @Override
    public CompletionStage<List<InstanceInfo>> instances() {
        return CompletableFuture.completedFuture(registry.views().all().stream()
                .sorted(Comparator.comparing(InstanceView::id))
                .map(view -> new InstanceInfo(
                        view.id(),
                        view.mode().name().toLowerCase(Locale.ROOT),
                        view.groups().size(),
                        view.parentTopics().size()))
                .toList());
    }

    @Override
    public CompletionStage<List<RegistryEntry>> groups(String instance) {
        return registry.view(instance)
                .thenApply(reply -> entries(viewed(reply), InstanceView::groups, ViewReply.Configured::groups));
    }

    @Override
    public CompletionStage<List<RegistryEntry>> parentTopics(String instance) {
        return registry.view(instance)
                .thenApply(reply ->
                        entries(viewed(reply), InstanceView::parentTopics, ViewReply.Configured::parentTopics));
    }

    private static List<RegistryEntry> entries(
            ViewReply.View view,
            Function<InstanceView, Set<String>> names,
            Function<ViewReply.Configured, List<String>> configured) {
        List<String> fixed = configured.apply(view.configured());
        return names.apply(view.view()).stream()
                .sorted()
                .map(name -> new RegistryEntry(name, fixed.contains(name)))
                .toList();
    }

    static ViewReply.View viewed(ViewReply reply) {
        return switch (reply) {
            case ViewReply.View view -> view;
            case RegistryReply.Rejected rejected -> throw refused(rejected, ErrorCode.NOT_FOUND);
        };
    }

    @Override
    public CompletionStage<Done> createGroup(String instance, String group, String by) {
        return change(instance, ErrorCode.GROUP_NOT_FOUND, to -> new RegistryCommand.CreateGroup(by, group, to));
    }

    @Override
    public CompletionStage<Done> deleteGroup(String instance, String group, String by) {
        return change(instance, ErrorCode.GROUP_NOT_FOUND, to -> new RegistryCommand.DeleteGroup(by, group, to));
    }

    @Override
    public CompletionStage<Done> createParentTopic(String instance, String parentTopic, String by) {
        return change(
                instance,
                ErrorCode.PARENT_TOPIC_NOT_FOUND,
                to -> new RegistryCommand.CreateParentTopic(by, parentTopic, to));
    }

    @Override
    public CompletionStage<Done> deleteParentTopic(String instance, String parentTopic, String by) {
        return change(
                instance,
                ErrorCode.PARENT_TOPIC_NOT_FOUND,
                to -> new RegistryCommand.DeleteParentTopic(by, parentTopic, to));
    }

    private CompletionStage<Done> change(
            String instance,
            ErrorCode notFound,
            Function<ActorRef<RegistryReply.ChangeReply>, RegistryCommand> command) {
        return change(registry, instance, notFound, command);
    }

    /** @param notFound the code when what it concerns is not there */
    static CompletionStage<Done> change(
            RegistryService registry,
            String instance,
            ErrorCode notFound,
            Function<ActorRef<RegistryReply.ChangeReply>, RegistryCommand> command) {
        return registry.change(instance, command).thenApply(reply -> switch (reply) {
            case RegistryReply.Done _ -> Done.getInstance();
            case RegistryReply.Rejected rejected -> throw refused(rejected, notFound);
        });
    }

    @Override
    public CompletionStage<AuditPage> audit(String instance, long before, int limit) {
        return registry.audit(instance, before, limit).thenApply(reply -> switch (reply) {
            case RegistryReply.AuditPage page -> page(page);
            case RegistryReply.Rejected rejected -> throw refused(rejected, ErrorCode.NOT_FOUND);
        });
    }

    private static AuditPage page(RegistryReply.AuditPage page) {
        return new AuditPage(
                page.entries().stream()
                        .map(each -> new AuditPage.Entry(
                                each.sequence(), each.time(), each.by(), each.action(), each.subject(), each.detail()))
                        .toList(),
                page.before() == 0 ? null : page.before());
    }

    static ControlException refused(RegistryReply.Rejected rejected, ErrorCode notFound) {
        ErrorCode code = switch (rejected.code()) {
            case INVALID, TOO_MANY -> ErrorCode.INVALID_FIELD;
            case EXISTS -> ErrorCode.ALREADY_EXISTS;
            case NOT_FOUND -> notFound;
            case CONFIGURED -> ErrorCode.CONFIGURED;
            case UNKNOWN_INSTANCE -> ErrorCode.INSTANCE_NOT_FOUND;
            case UNAVAILABLE -> ErrorCode.UNAVAILABLE;
        };
        return new ControlException(code, rejected.text());
    }
}
