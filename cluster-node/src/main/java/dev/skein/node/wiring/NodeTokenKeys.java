package dev.skein.node.wiring;

import dev.skein.node.auth.TokenService;
import dev.skein.node.control.ControlException;
import dev.skein.node.control.ErrorCode;
import dev.skein.node.control.TokenKeyAdmin;
import dev.skein.node.control.TokenKeyInfo;
import dev.skein.node.control.TokenKeys;
import dev.skein.node.registry.InstanceTokens;
import dev.skein.node.registry.RegistryCommand;
import dev.skein.node.registry.RegistryReply;
import dev.skein.node.registry.RegistryService;
import dev.skein.node.registry.TokenKey;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.Done;

/** The keys that sign tokens, as the control API wants them. */
record NodeTokenKeys(RegistryService registry, TokenService tokens) implements TokenKeyAdmin {
    @Override
    public CompletionStage<TokenKeys> keys(String instance) {
        InstanceTokens known = known(instance);
        return CompletableFuture.completedFuture(new TokenKeys(
                known.keys().stream().map(NodeTokenKeys::shown).toList(),
                known.revoked().size()));
    }

    @Override
    public CompletionStage<TokenKeyInfo> rotate(String instance, String by) {
        return tokens.newKey(instance, false, by).thenApply(reply -> switch (reply) {
            case RegistryReply.Done done -> {
                TokenKey key = known(instance).key(Integer.parseInt(done.subject()));
                if (key == null) {
                    throw new ControlException(
                            ErrorCode.UNAVAILABLE, "token-key: made, and not known to this node yet (expected: both)");
                }
                yield shown(key);
            }
            case RegistryReply.Rejected rejected -> throw NodeRegistry.refused(rejected, ErrorCode.TOKEN_KEY_NOT_FOUND);
        });
    }

    @Override
    public CompletionStage<Done> remove(String instance, int number, String by) {
        return NodeRegistry.change(
                registry,
                instance,
                ErrorCode.TOKEN_KEY_NOT_FOUND,
                to -> new RegistryCommand.RemoveTokenKey(by, number, to));
    }

    private InstanceTokens known(String instance) {
        return Objects.requireNonNull(registry.views().find(instance)).tokens();
    }

    private static TokenKeyInfo shown(TokenKey key) {
        return new TokenKeyInfo(key.number(), key.created());
    }
}
