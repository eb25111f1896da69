using System.Diagnostics;

namespace Larder.Resp.Signals;

/// <summary>The activity source "Larder.Resp": one activity for each command, named after it. Arguments are never in it.</summary>
internal static class RespActivities
{
    internal const string Name = "Larder.Resp";

    private static readonly ActivitySource Source = new(Name, typeof(RespActivities).Assembly.GetName().Version?.ToString(3));

    /// <summary>Starts the activity of a command; null when nobody listens.</summary>
    internal static Activity? Start(string command)
    {
        if (!Source.HasListeners())
        {
            return null;
        }

        // The command outlives this call, so its activity must not become the current one of the caller.
        var current = Activity.Current;
        var activity = Source.StartActivity(command, ActivityKind.Client);
        Activity.Current = current;
        activity?.SetTag("db.system.name", "redis");
        activity?.SetTag("db.operation.name", command);
        return activity;
    }

    internal static void End(Activity activity, Exception? failure)
    {
        if (failure is not null)
        {
            activity.SetStatus(ActivityStatusCode.Error, failure.GetType().FullName);
        }

        var current = Activity.Current;
        activity.Dispose();
        Activity.Current = current;
    }
}
