package dev.skein.node.wiring;

import dev.skein.node.auth.RandomText;
import dev.skein.node.control.AccessKeyInfo;
import dev.skein.node.control.CredentialAdmin;
import dev.skein.node.control.ErrorCode;
import dev.skein.node.control.NewAccessKey;
import dev.skein.node.control.TokenKeyAdmin;
import dev.skein.node.control.TokenKeyInfo;
import dev.skein.node.control.TokenKeys;
import dev.skein.node.control.UserInfo;
import dev.skein.node.registry.AccessKey;
import dev.skein.node.registry.RegistryCommand;
import dev.skein.node.registry.RegistryReply;
import dev.skein.node.registry.RegistryService;
import dev.skein.node.registry.Secret;
import dev.skein.node.registry.User;
import java.security.SecureRandom;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.apache.pekko.Done;
import org.apache.pekko.actor.typed.ActorRef;
import org.jspecify.annotations.Nullable;

/** Users and access keys of the registry, as the control API wants them. */
record NodeCredentials(RegistryService registry, TokenKeyAdmin tokenKeys, SecureRandom random)
        implements CredentialAdmin {
    private static final int ID_BYTES = 15;
    private static final int SECRET_BYTES = 30;

    @Override
    public CompletionStage<List<UserInfo>> users(String instance) {
        return registry.view(instance)
                .thenApply(NodeRegistry::viewed)
                .thenApply(view -> view.view().users().values().stream()
                        .sorted(Comparator.comparing(User::name))
                        .map(user -> new UserInfo(
                                user.name(), view.configured().users().contains(user.name()), user.clientIds()))
                        .toList());
    }

    @Override
    public CompletionStage<Done> addUser(
            String instance, String name, String passwordHash, List<String> clientIds, String by) {
        Secret hash = new Secret(passwordHash);
        return change(
                instance, ErrorCode.USER_NOT_FOUND, to -> new RegistryCommand.AddUser(by, name, hash, clientIds, to));
    }

    @Override
    public CompletionStage<Done> setPassword(String instance, String name, String passwordHash, String by) {
        Secret hash = new Secret(passwordHash);
        return change(instance, ErrorCode.USER_NOT_FOUND, to -> new RegistryCommand.SetPassword(by, name, hash, to));
    }

    @Override
    public CompletionStage<Done> removeUser(String instance, String name, String by) {
        return change(instance, ErrorCode.USER_NOT_FOUND, to -> new RegistryCommand.RemoveUser(by, name, to));
    }

    @Override
    public CompletionStage<List<AccessKeyInfo>> accessKeys(String instance) {
        return registry.view(instance)
                .thenApply(NodeRegistry::viewed)
                .thenApply(view -> view.view().accessKeys().values().stream()
                        .sorted(Comparator.comparing(AccessKey::id))
                        .map(key -> new AccessKeyInfo(
                                key.id(),
                                view.configured().accessKeys().contains(key.id()),
                                key.account(),
                                key.clientIds()))
                        .toList());
    }

    @Override
    public CompletionStage<NewAccessKey> addAccessKey(
            String instance, String id, String secret, @Nullable String account, List<String> clientIds, String by) {
        NewAccessKey made = new NewAccessKey(
                id.isEmpty() ? "SK" + RandomText.of(random, ID_BYTES) : id,
                secret.isEmpty() ? RandomText.of(random, SECRET_BYTES) : secret);
        return change(
                        instance,
                        ErrorCode.ACCESS_KEY_NOT_FOUND,
                        to -> new RegistryCommand.AddAccessKey(
                                by, made.id(), new Secret(made.secret()), account, clientIds, to))
                .thenApply(_ -> made);
    }

    @Override
    public CompletionStage<Done> removeAccessKey(String instance, String id, String by) {
        return change(instance, ErrorCode.ACCESS_KEY_NOT_FOUND, to -> new RegistryCommand.RemoveAccessKey(by, id, to));
    }

    @Override
    public CompletionStage<TokenKeys> keys(String instance) {
        return tokenKeys.keys(instance);
    }

    @Override
    public CompletionStage<TokenKeyInfo> rotate(String instance, String by) {
        return tokenKeys.rotate(instance, by);
    }

    @Override
    public CompletionStage<Done> remove(String instance, int number, String by) {
        return tokenKeys.remove(instance, number, by);
    }

    private CompletionStage<Done> change(
            String instance,
            ErrorCode notFound,
            Function<ActorRef<RegistryReply.ChangeReply>, RegistryCommand> command) {
        return NodeRegistry.change(registry, instance, notFound, command);
    }
}
