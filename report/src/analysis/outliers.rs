//! Outliers: the numbers of a sample that are far from the others.
//!
//! Takes numbers and the scale on which they are compared, gives the distance of each from their median, and those whose
//! distance is great for the spread of the others.

use super::change::Scale;

/// The least modified z-score of an outlier, and the factor that makes the median absolute deviation of normal values
/// their standard deviation: Iglewicz and Hoaglin, How to Detect and Handle Outliers, 1993.
const OUTLIER: (f64, f64) = (3.5, 0.6745);

/// The numbers that are far from the others, each as its index and its distance from the median on the scale: those
/// whose modified z-score is over 3.5. At most half of the numbers are.
pub(crate) fn outliers(scale: Scale, numbers: &[f64]) -> Vec<(usize, f64)> {
    let distances = distances(scale, numbers);
    let spread = median(distances.iter().map(|distance| distance.abs()).collect()).unwrap_or(0.0);
    let (least_score, factor) = OUTLIER;
    let is_far = |distance: f64| factor * distance.abs() > least_score * spread;
    distances.into_iter().enumerate().filter(|&(_, distance)| is_far(distance)).collect()
}

/// How far each number is from the median, on the scale.
pub(crate) fn distances(scale: Scale, numbers: &[f64]) -> Vec<f64> {
    let scaled = scale.all_scaled(numbers);
    let middle = median(scaled.clone()).unwrap_or(0.0);
    scaled.into_iter().map(|number| number - middle).collect()
}

fn median(mut numbers: Vec<f64>) -> Option<f64> {
    numbers.sort_by(f64::total_cmp);
    let last = numbers.len().checked_sub(1)?;
    Some(numbers[last / 2].midpoint(numbers[numbers.len() / 2]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn far_numbers_are_outliers_and_near_ones_are_not() {
        let found = |numbers: &[f64]| {
            let found = outliers(Scale::Ratio, numbers).into_iter();
            found.map(|(index, distance)| (index, distance.exp())).collect::<Vec<_>>()
        };
        assert_eq!(found(&[100.0, 101.0, 99.0, 102.0, 98.0]), []);
        let [(4, ratio)] = found(&[100.0, 101.0, 99.0, 102.0, 151.0])[..] else { panic!() };
        assert!((ratio - 151.0 / 101.0).abs() < 1e-12);
        assert_eq!(found(&[5.0; 4]), []);
        assert_eq!(found(&[5.0, 5.0, 5.0, 6.0]).len(), 1, "without spread every other number is far");
        assert_eq!(found(&[]), []);
    }
}
