package dev.skein.node.control.rpc;

import dev.skein.node.auth.TokenService;
import dev.skein.node.control.ControlException;

/** Errors of the node in the service's words. */
final class RpcErrors {
    private static final int INTERNAL = 500;
    private static final int UNAVAILABLE = 503;
    private static final String CHECK_FAILED = "ParameterCheckFailed";

    private RpcErrors() {}

    static RpcException of(ControlException refused) {
        String text = String.valueOf(refused.getMessage());
        return switch (refused.code()) {
            case UNAVAILABLE -> new RpcException(UNAVAILABLE, "ServiceUnavailable", text);
            case INTERNAL -> new RpcException(INTERNAL, "InternalError", text);
            case PUBLISH_REFUSED -> RpcException.bad("PermissionCheckFailed", text);
            case INSTANCE_NOT_FOUND -> RpcException.bad("InstancePermissionCheckFailed", text);
            default -> RpcException.bad(CHECK_FAILED, text);
        };
    }

    static RpcException of(TokenService.Refused refused) {
        return switch (refused.code()) {
            case TOO_MANY -> new RpcException(INTERNAL, "SystemOverFlow", refused.text());
            case UNAVAILABLE -> new RpcException(UNAVAILABLE, "ServiceUnavailable", refused.text());
            case UNKNOWN_INSTANCE -> RpcException.bad("InstancePermissionCheckFailed", refused.text());
            case INVALID, EXISTS, NOT_FOUND, CONFIGURED -> RpcException.bad(CHECK_FAILED, refused.text());
        };
    }
}
