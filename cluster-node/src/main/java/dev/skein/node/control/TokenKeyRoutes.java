package dev.skein.node.control;

import java.util.concurrent.CompletionStage;

/** Routes of the keys that sign tokens. */
final class TokenKeyRoutes {
    private final TokenKeyAdmin keys;

    TokenKeyRoutes(TokenKeyAdmin keys) {
        this.keys = keys;
    }

    CompletionStage<Answer> list(Call call) {
        return keys.keys(call.instance()).thenApply(Answer::ok);
    }

    CompletionStage<Answer> rotate(Call call) {
        return keys.rotate(call.instance(), call.caller()).thenApply(Answer::created);
    }

    CompletionStage<Answer> remove(Call call) {
        return keys.remove(call.instance(), number(call), call.caller()).thenApply(_ -> Answer.noContent());
    }

    private static int number(Call call) {
        String text = call.variable("number");
        try {
            return Integer.parseInt(text);
        } catch (NumberFormatException e) {
            throw new ControlException(ErrorCode.TOKEN_KEY_NOT_FOUND, "number: " + text + " (expected: that of a key)");
        }
    }
}
