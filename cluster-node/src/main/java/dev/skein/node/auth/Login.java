package dev.skein.node.auth;

import dev.skein.node.registry.InstanceViews;

/** A user name and the instance it belongs to; one that the listener does not lead to is part of the name. */
record Login(String instance, String name) {
    static Login of(String username, ConnectAttempt attempt, InstanceViews views) {
        int at = username.lastIndexOf('@');
        String named = username.substring(at + 1);
        return at > 0 && attempt.mayReach(named) && views.find(named) != null
                ? new Login(named, username.substring(0, at))
                : new Login(attempt.listenerInstance(), username);
    }
}
