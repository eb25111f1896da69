using System.Diagnostics;

namespace Larder.Signals;

/// <summary>The activity source "Larder": one activity for each time the source is asked. A memory hit makes none.</summary>
internal static class LarderActivities
{
    internal const string Name = "Larder";

    private static readonly ActivitySource Source = new(Name, typeof(LarderActivities).Assembly.GetName().Version?.ToString(3));

    /// <summary>Starts the activity of a load or a refresh; null when nobody listens.</summary>
    internal static Activity? StartLoad(string cache, string shownKey, bool isRefresh)
    {
        var activity = Source.StartActivity(isRefresh ? "larder.refresh" : "larder.load", ActivityKind.Internal);
        if (activity is { IsAllDataRequested: true })
        {
            activity.SetTag("larder.cache", cache);
            activity.SetTag("larder.key", shownKey);
        }

        return activity;
    }

    /// <summary>True when somebody listens, so that the shown form of a key is worth making.</summary>
    internal static bool AreWanted => Source.HasListeners();

    internal static void End(Activity? activity, string outcome, Exception? failed)
    {
        if (activity is null)
        {
            return;
        }

        activity.SetTag("larder.outcome", outcome);
        if (failed is not null)
        {
            activity.SetStatus(ActivityStatusCode.Error, failed.GetType().FullName);
        }

        // Ending an activity makes its parent the current one, which is not for the thread to suffer that happens to end it.
        var current = Activity.Current;
        activity.Dispose();
        Activity.Current = current;
    }
}
